import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Container } from './container.ts';
import type { FromContainer, SentFrame } from './messages.ts';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';

const sandbox = await chooseSandbox('auto', machineAllowance(), false);

let scratch: string;
let probe: LoadedTitle;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-encoder-failure-'));
  const { titles } = await loadTitles([bundledTitles]);
  probe = titles.find(({ id }) => id === TitleId.parse('latency-probe-moving')) as LoadedTitle;
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** The ffmpeg program that a session process has started. */
function ffmpegOf(parent: number): number {
  const found = readdirSync('/proc').find((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      return /^Name:\s*ffmpeg$/m.test(status) && new RegExp(`^PPid:\\s*${parent}$`, 'm').test(status);
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('no ffmpeg runs');
  return Number(found);
}

test('an encoder killed mid-session: the next goes on in the same session with an IDR, and it is told', async () => {
  const container = await Container.start(probe, {
    scratch,
    bitrateKbps: 4_000,
    startTitle: true,
    sandbox,
    encoders: ['ffmpeg-x264', 'x264'],
  });
  const receiver = createSocket('udp4').bind(0, '127.0.0.1');
  try {
    await once(receiver, 'listening');
    const drawn = Promise.withResolvers<void>();
    let frame = Promise.withResolvers<SentFrame>();
    const change = Promise.withResolvers<Extract<FromContainer, { type: 'encoder' }>>();
    container.listen({
      message: (message) => {
        if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve();
        if (message.type === 'encoder' && message.gaveWay !== undefined) change.resolve(message);
        if (message.type === 'frame') frame.resolve(message.frame);
      },
      failed: ({ reason, detail }) => frame.reject(new Error(`${reason}: ${detail}`)),
    });
    await drawn.promise;
    container.send({ type: 'stream', to: { port: receiver.address().port, videoSsrc: 77, audioSsrc: 78 } });
    container.send({ type: 'viewer', present: true });
    await frame.promise;
    process.kill(ffmpegOf(container.pid as number), 'SIGKILL');
    expect(await change.promise).toMatchObject({ kind: 'x264', gaveWay: { kind: 'ffmpeg-x264' } });
    frame = Promise.withResolvers();
    const first = await frame.promise;
    expect(first.keyFrame).toBe(true);
    frame = Promise.withResolvers();
    expect((await frame.promise).keyFrame).toBe(false);
  } finally {
    receiver.close();
    await container.close();
  }
});
