import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EncoderKind } from '../encode/video-encoder.ts';
import { Container, type ContainerFailure } from './container.ts';
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

/** A container of these encoders whose frames somebody watches. */
async function watched(encoders: EncoderKind[]) {
  const container = await Container.start(probe, { scratch, bitrateKbps: 4_000, startTitle: true, sandbox, encoders });
  const receiver = createSocket('udp4').bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  const drawn = Promise.withResolvers<void>();
  const change = Promise.withResolvers<Extract<FromContainer, { type: 'encoder' }>>();
  const failure = Promise.withResolvers<ContainerFailure>();
  let frame = Promise.withResolvers<SentFrame>();
  container.listen({
    message: (message) => {
      if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve();
      if (message.type === 'encoder' && message.gaveWay !== undefined) change.resolve(message);
      if (message.type === 'frame') frame.resolve(message.frame);
    },
    failed: (failed) => {
      failure.resolve(failed);
      frame.reject(new Error(`${failed.reason}: ${failed.detail}`));
    },
  });
  await drawn.promise;
  container.send({ type: 'stream', to: { port: receiver.address().port, videoSsrc: 77, audioSsrc: 78 } });
  container.send({ type: 'viewer', present: true });
  await frame.promise;
  return {
    nextFrame: () => {
      frame = Promise.withResolvers();
      return frame.promise;
    },
    change: change.promise,
    failure: failure.promise,
    killEncoder: () => process.kill(ffmpegOf(container.pid as number), 'SIGKILL'),
    close: async () => {
      receiver.close();
      await container.close();
    },
  };
}

test('an encoder killed mid-session: the next goes on in the same session with an IDR, and it is told', async () => {
  const { nextFrame, change, killEncoder, close } = await watched(['ffmpeg-x264', 'x264']);
  try {
    killEncoder();
    expect(await change).toMatchObject({ kind: 'x264', gaveWay: { kind: 'ffmpeg-x264' } });
    expect((await nextFrame()).keyFrame).toBe(true);
    expect((await nextFrame()).keyFrame).toBe(false);
  } finally {
    await close();
  }
});

test('the last encoder killed mid-session: the session is over, and why is told', async () => {
  const { failure, killEncoder, close } = await watched(['ffmpeg-x264']);
  try {
    killEncoder();
    expect(await failure).toMatchObject({ reason: 'encoder-lost', detail: expect.stringMatching(/ffmpeg/) as string });
  } finally {
    await close();
  }
});
