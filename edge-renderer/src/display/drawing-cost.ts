import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { distribution } from '@kilat/shared/latency/quantiles';
import { missingParts } from '@kilat/titles/installed';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { readConfig } from '../config.ts';
import { Container } from '../container/container.ts';
import type { SentFrame } from '../container/messages.ts';
import { ContainerUsageReader } from '../load/container-usage.ts';
import { readGpus } from '../load/gpu-usage.ts';
import { type ChosenSandbox, chooseSandbox } from '../sandbox/choose.ts';
import { chooseDrawing, type Drawing } from './drawing.ts';

// What it costs to draw a title: sessions of it are played side by side, drawn by the processor and by the GPU if there is
// one, at its own pace and at the display's. `npm run bench:drawing -- [--title NAME] [--size WxH] [--sessions N] [--seconds S]`

/** A title that shows a menu is begun with a click, ms after it has drawn. */
const BEGIN_AFTER_MS = 1_500;
const SETTLE_MS = 1_500;
const DRAWN_MS = 20_000;
const EVERY_MS = 1_000;

const { values } = parseArgs({
  options: {
    title: { type: 'string', default: 'neverball' },
    size: { type: 'string' },
    sessions: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
  },
});
const config = readConfig(process.env);
const path = process.env.PATH ?? '';
const [sessions, seconds] = [Number(values.sessions), Number(values.seconds)];
let title: LoadedTitle;
let sandbox: ChosenSandbox;

async function titleNamed(name: string, size: string | undefined): Promise<LoadedTitle> {
  const { titles } = await loadTitles([bundledTitles, ...config.titleFolders]);
  const found = titles.find(({ id }) => id === name);
  if (found === undefined)
    throw new Error(`No title is called ${name}; there are ${titles.map(({ id }) => id).join(', ')}.`);
  const missing = await missingParts(found);
  if (missing.length > 0)
    throw new Error(`${found.name} is not installed: apt-get install ${found.install?.apt.join(' ')}`);
  if (size === undefined) return found;
  const [, width = '', height = ''] = /^(\d+)x(\d+)$/.exec(size) ?? [];
  if (width === '' || height === '') throw new Error('--size is a width and a height, as in 1920x1080.');
  // Its settings name its size too.
  const { display } = found;
  const resize = (text: string) =>
    text
      .replace(new RegExp(`\\b${display.width}\\b`, 'g'), width)
      .replace(new RegExp(`\\b${display.height}\\b`, 'g'), height);
  return {
    ...found,
    args: found.args.map(resize),
    home: JSON.parse(resize(JSON.stringify(found.home ?? {}))),
    display: { ...display, width: Number(width), height: Number(height) },
  };
}

/** One session that is watched by nobody but a socket. */
async function play({ titleEnv }: Drawing, scratch: string, paced: boolean) {
  const native = paced ? config.nativeFolder : undefined;
  const options = { scratch, bitrateKbps: 8_000, startTitle: true, sandbox, titleEnv, native };
  const container = await Container.start(title, options);
  const frames: SentFrame[] = [];
  const drawn = Promise.withResolvers<void>();
  container.listen({
    message: (message) => {
      if (message.type === 'frame') frames.push(message.frame);
      if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve();
    },
    failed: ({ reason, detail }) => drawn.reject(new Error(`${reason}: ${detail}`)),
  });
  const late = sleep(DRAWN_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${title.name} has drawn nothing in ${DRAWN_MS / 1000} s.`);
  });
  await Promise.race([drawn.promise, late]).catch(async (error: unknown) => {
    await container.close();
    throw error;
  });
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  container.send({ type: 'stream', to: { port: socket.address().port, videoSsrc: 1, audioSsrc: 2 } });
  container.send({ type: 'viewer', present: true });
  await sleep(BEGIN_AFTER_MS);
  const { injector } = await container.input;
  for (const type of ['button-down', 'button-up'] as const) injector.inject({ type, button: 0 });
  const close = async () => {
    await container.close();
    socket.close();
  };
  return { container, frames, close };
}

async function measure(drawing: Drawing, paced: boolean): Promise<string> {
  const scratch = await mkdtemp(join(config.scratchFolder, 'kilat-drawing-'));
  const played: Awaited<ReturnType<typeof play>>[] = [];
  try {
    for (let session = 0; session < sessions; session++) played.push(await play(drawing, scratch, paced));
    await sleep(SETTLE_MS);
    const pids = new Set(played.flatMap(({ container }) => container.pid ?? []));
    const usage = new ContainerUsageReader();
    usage.read(performance.now(), pids, false);
    for (const { frames } of played) frames.length = 0;
    const beganMs = performance.now();
    const busy: number[] = [];
    while (performance.now() - beganMs < seconds * 1000) {
      await sleep(EVERY_MS);
      busy.push(...(await readGpus(path)).flatMap(({ busyPercent }) => busyPercent ?? []));
    }
    const tookS = (performance.now() - beganMs) / 1000;
    const used = [...usage.read(performance.now(), pids, false).values()];
    const cores = (part: 'game' | 'session') => used.reduce((sum, { cores }) => sum + cores[part], 0).toFixed(2);
    const frames = played.map((session) => session.frames);
    return [
      drawing.by.padEnd(36).slice(0, 36),
      (paced ? 'display' : 'its own').padEnd(8),
      Math.min(...frames.map((list) => list.length / tookS))
        .toFixed(1)
        .padStart(10),
      spread(
        frames.flatMap((list) => list.slice(1).map((frame, place) => frame.damagedMs - (list[place]?.damagedMs ?? 0))),
      ),
      spread(frames.flat().map(({ damagedMs, sentMs }) => sentMs - damagedMs)),
      cores('game').padStart(10),
      cores('session').padStart(13),
      (distribution(busy)?.p50.toFixed(0) ?? '–').padStart(5),
      String(frames.flat().length).padStart(6),
    ].join('  ');
  } finally {
    await Promise.all(played.map(({ close }) => close()));
    await rm(scratch, { recursive: true, force: true });
  }
}

function spread(values: number[]): string {
  const found = distribution(values);
  return (
    found === undefined ? '–' : [found.p50, found.p95, found.p99].map((ms) => ms.toFixed(1)).join(' / ')
  ).padStart(22);
}

const HEADINGS = [
  ...[
    'drawn by'.padEnd(36),
    'pace'.padEnd(8),
    'slowest fps',
    'frame gap p50/95/99 ms',
    'damage → sent, ms'.padStart(22),
  ],
  ...['game cores', 'session cores', 'GPU %', 'frames'],
];

try {
  if (![sessions, seconds].every((count) => Number.isInteger(count) && count > 0))
    throw new Error('--sessions and --seconds are whole numbers from 1 on.');
  title = await titleNamed(values.title, values.size);
  sandbox = await chooseSandbox(config.sandbox, config.titleAllowance, config.insidePod);
  const processor = await chooseDrawing('xvfb', sandbox.name, path);
  const best = await chooseDrawing('auto', sandbox.name, path);
  const { width, height } = title.display;
  console.log(`${sessions} × ${title.name}, ${width}×${height}, in ${sandbox.name}, ${seconds} s each`);
  console.log(HEADINGS.join('  '));
  for (const drawing of best.by === processor.by ? [processor] : [processor, best])
    for (const paced of [false, true]) console.log(await measure(drawing, paced));
  if (best.by === processor.by) console.log(best.trouble ?? 'On a GPU: not measured, no NVIDIA GPU is here.');
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
