import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPlayerId, newSessionId, TitleId } from '@kilat/shared/ids';
import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';
import type { SessionEvent } from '@kilat/shared/session/life';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Container } from '../container/container.ts';
import type { EncoderMeasure } from '../encode/probe/encoder-choice.ts';
import { SessionCodecs } from '../encode/session-codecs.ts';
import { unavailableAv1 } from '../encode/testing/unavailable-av1.ts';
import type { EncoderKind } from '../encode/video-encoder.ts';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { MediaWorkers } from '../webrtc/media-workers.ts';
import { SessionMedia } from '../webrtc/session-media.ts';
import { Session } from './session.ts';

const fingerprint = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') } as const;
const request = { rtpCapabilities: ROUTER_RTP_CAPABILITIES, dtlsFingerprints: [fingerprint] };
const sandbox = await chooseSandbox('auto', machineAllowance(), false);
let scratch: string;
let probe: LoadedTitle;
let workers: MediaWorkers;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-codec-failure-'));
  const { titles } = await loadTitles([bundledTitles]);
  probe = titles.find(({ id }) => id === TitleId.parse('latency-probe')) as LoadedTitle;
  const settings = { binary: process.env.MEDIASOUP_WORKER_BIN, address: '127.0.0.1', port: 0 };
  workers = await MediaWorkers.start(settings);
});
afterAll(async () => {
  workers?.close();
  await rm(scratch, { recursive: true, force: true });
});

/** What a start-up probe says of an encoder that worked then. */
const worked = (kind: EncoderKind): EncoderMeasure => ({
  ...{ kind, works: true, medianMs: 3, p95Ms: 4, psnrDb: 40, kbps: 8_000 },
});

/** A session whose AV1 encoder does not open any more, and what becomes of it. */
async function start() {
  const current = workers.current;
  if (current === undefined) throw new Error('no worker');
  const transports: types.Transport[] = [];
  const createRouter = async () => {
    const router = await current.createRouter();
    router.observer.on('newtransport', (transport) => transports.push(transport));
    return router;
  };
  const container = await Container.start(probe, { scratch, bitrateKbps: 4_000, startTitle: true, sandbox });
  const events: SessionEvent[] = [];
  const held = Promise.withResolvers<void>();
  const codecs = new SessionCodecs('av1', [worked('x264'), worked(await unavailableAv1())], 60);
  const session = new Session(
    { sessionId: newSessionId(), playerId: newPlayerId(), titleId: probe.id },
    container,
    probe.display,
    { holdMs: 60_000, idleMs: 60_000, bitrateKbps: 4_000, followsPath: false, codecs },
    (event) => {
      events.push(event);
      if (event.type === 'held') held.resolve();
      if (event.type === 'ended') held.reject(new Error(`${event.reason}: ${event.detail}`));
    },
    () => {},
  );
  const media = await SessionMedia.create({ ...current, createRouter });
  session.useMedia(media);
  /** The codec that a page is offered. */
  const attach = async () => (await session.attach(request))?.video.rtpParameters.codecs[0]?.mimeType;
  const openTransports = () => transports.filter(({ type, closed }) => type === 'webrtc' && !closed).length;
  return { session, events, held: held.promise, attach, openTransports };
}

test('an AV1 encoder that no longer opens costs no game: the page has to come back, and gets H.264', async () => {
  const { session, events, held, attach, openTransports } = await start();
  try {
    expect(await attach()).toBe('video/AV1');
    expect(openTransports()).toBe(1);
    await held;
    expect(session.state).toBe('held');
    expect(openTransports()).toBe(0);
    expect(events).toContainEqual(expect.objectContaining({ type: 'held', cause: 'media-lost' }));
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'encoder-changed', from: 'video/AV1', to: 'video/H264' }),
    );
    for (const _again of [1, 2]) {
      expect(await attach()).toBe('video/H264');
      expect(openTransports()).toBe(1);
    }
    expect(session.codec).toBe('video/H264');
    expect(events.filter(({ type }) => type === 'held')).toHaveLength(1);
  } finally {
    await session.end('left');
  }
});
