import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { Container } from './container.ts';
import type { FromContainer } from './messages.ts';

const sandbox = await chooseSandbox('auto', machineAllowance(), false);

// A host whose FFmpeg library does not load: node-av is refused in the session process, everything else is real.

const REFUSE_LIBRARY = `
import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('node-av')) throw new Error('node-av.node: wrong ELF class');
    return next(specifier, context);
  },
});
`;

let scratch: string;
let probe: LoadedTitle;
let container: Container | undefined;
const { NODE_OPTIONS } = process.env;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-no-library-'));
  const hook = join(scratch, 'refuse-library.mjs');
  await writeFile(hook, REFUSE_LIBRARY);
  process.env.NODE_OPTIONS = `--import=${hook}`;
  const { titles } = await loadTitles([bundledTitles]);
  probe = titles.find(({ id }) => id === TitleId.parse('latency-probe')) as LoadedTitle;
});
afterEach(() => container?.close());
afterAll(async () => {
  if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = NODE_OPTIONS;
  await rm(scratch, { recursive: true, force: true });
});

test('without the library the ffmpeg program streams the picture, and the sound is said to be missing', async () => {
  const started = await Container.start(
    { ...probe, sound: true },
    { scratch, bitrateKbps: 4_000, startTitle: true, sandbox, encoders: ['x264', 'ffmpeg-x264'] },
  );
  container = started;
  const frame = Promise.withResolvers<FromContainer>();
  const drawn = Promise.withResolvers<void>();
  const degraded = Promise.withResolvers<string>();
  const encoder = Promise.withResolvers<string>();
  started.listen({
    message: (message) => {
      if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve();
      if (message.type === 'frame') frame.resolve(message);
      if (message.type === 'degraded') degraded.resolve(message.detail);
      if (message.type === 'encoder') encoder.resolve(message.kind);
    },
    failed: ({ reason, detail }) => drawn.reject(new Error(`${reason}: ${detail}`)),
  });
  await drawn.promise;
  expect(await encoder.promise).toBe('ffmpeg-x264');
  expect(await degraded.promise).toContain('wrong ELF class');
  const receiver = createSocket('udp4').bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const packet = once(receiver, 'message');
  started.send({ type: 'stream', to: { port: receiver.address().port, videoSsrc: 77, audioSsrc: 2 } });
  started.send({ type: 'viewer', present: true });
  expect(await frame.promise).toMatchObject({ frame: { keyFrame: true } });
  const [rtp] = (await packet) as [Buffer];
  expect(rtp.readUInt32BE(8)).toBe(77);
  receiver.close();
});
