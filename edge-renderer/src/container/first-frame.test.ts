import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { Container } from './container.ts';
import type { SentFrame } from './messages.ts';

const sandbox = await chooseSandbox('auto', machineAllowance(), false);
let scratch: string;
let probe: LoadedTitle;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-first-frame-'));
  const { titles } = await loadTitles([bundledTitles]);
  probe = titles.find(({ id }) => id === 'latency-probe') as LoadedTitle;
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test('what a page sees first is encoded while it connects: it goes out at once, and the next frame builds on it', async () => {
  const container = await Container.start(probe, { scratch, bitrateKbps: 4_000, startTitle: true, sandbox });
  const wire = createSocket('udp4').bind(0, '127.0.0.1');
  await once(wire, 'listening');
  const packets: Buffer[] = [];
  wire.on('message', (packet) => packets.push(packet));
  const frames: SentFrame[] = [];
  const drawn = Promise.withResolvers<void>();
  let came = Promise.withResolvers<void>();
  container.listen({
    message: (message) => {
      if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve();
      if (message.type !== 'frame') return;
      frames.push(message.frame);
      came.resolve();
    },
    failed: ({ reason, detail }) => came.reject(new Error(`${reason}: ${detail}`)),
  });
  const next = () => {
    came = Promise.withResolvers();
    return came.promise;
  };
  await drawn.promise;
  container.send({ type: 'stream', to: { port: wire.address().port, videoSsrc: 1, audioSsrc: 2 } });
  // A page that does not come: nothing was sent for it, and the next one gets its own.
  container.send({ type: 'expect-viewer' });
  container.send({ type: 'expect-viewer' });
  await container.input;
  expect([frames, packets.length]).toEqual([[], 0]);
  container.send({ type: 'viewer', present: true });
  while (frames.length < 2) await next();
  const [first, second] = frames as [SentFrame, SentFrame];
  expect(first).toMatchObject({ keyFrame: true, cause: 'refresh' });
  expect(second.keyFrame).toBe(false);
  expect(second.rtpTimestamp).toBeGreaterThan(first.rtpTimestamp);
  // A later page, for which nothing was encoded ahead, gets a key frame too.
  container.send({ type: 'viewer', present: false });
  container.send({ type: 'viewer', present: true });
  while (frames.at(-1)?.keyFrame === false) await next();
  wire.close();
  await container.close();
});
