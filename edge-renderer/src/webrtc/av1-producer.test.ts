import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEncoder, openScreen } from '../encode/open-encoder.ts';
import { newPacketiser } from '../rtp/packetiser.ts';
import { type MediaWorker, MediaWorkers } from './media-workers.ts';
import { CannotConsumeError, SessionMedia } from './session-media.ts';

const fingerprint = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') } as const;
const request = { rtpCapabilities: ROUTER_RTP_CAPABILITIES, dtlsFingerprints: [fingerprint] };
let workers: MediaWorkers;
let worker: MediaWorker;

beforeAll(async () => {
  const settings = { binary: process.env.MEDIASOUP_WORKER_BIN, address: '127.0.0.1', port: 0 };
  workers = await MediaWorkers.start(settings);
  worker = workers.current as MediaWorker;
});
afterAll(() => workers?.close());

test('a page is offered the codec that was chosen, and another at its next try, each in a stream of its own', async () => {
  const media = await SessionMedia.create(worker);
  const codecOf = async (codec: 'video/AV1' | 'video/H264') =>
    (await media.offer(request, codec)).video.rtpParameters.codecs.map(({ mimeType }) => mimeType);
  expect(await codecOf('video/AV1')).toEqual(['video/AV1', 'video/rtx']);
  const ssrc = await media.videoSsrc('video/AV1');
  expect(await codecOf('video/H264')).toEqual(['video/H264', 'video/rtx']);
  expect(await codecOf('video/AV1')).toEqual(['video/AV1', 'video/rtx']);
  expect(await media.videoSsrc('video/AV1')).toBe(ssrc);
  expect(await media.videoSsrc('video/H264')).toBe(media.destination.videoSsrc);
  expect(ssrc).not.toBe(media.destination.videoSsrc);
  media.close();
});

test('a browser without AV1 is not offered it', async () => {
  const media = await SessionMedia.create(worker);
  const codecs = ROUTER_RTP_CAPABILITIES.codecs.filter(({ mimeType }) => mimeType !== 'video/AV1');
  const without = { ...request, rtpCapabilities: { ...ROUTER_RTP_CAPABILITIES, codecs } };
  await expect(media.offer(without, 'video/AV1')).rejects.toThrow(CannotConsumeError);
  media.close();
});

test('the worker takes what the container sends, and knows each key frame by its descriptor', async () => {
  const producers: types.Producer[] = [];
  const watched = {
    ...worker,
    createRouter: async () => {
      const router = await worker.createRouter();
      router.observer.on('newtransport', (transport) =>
        transport.observer.on('newproducer', (producer) => producers.push(producer)),
      );
      return router;
    },
  };
  const media = await SessionMedia.create(watched);
  await media.offer(request, 'video/AV1');
  const producer = producers.find(({ rtpParameters }) => rtpParameters.codecs[0]?.mimeType === 'video/AV1');
  if (producer === undefined) throw new Error('no AV1 producer');
  await producer.enableTraceEvent(['rtp', 'keyframe']);
  const keyFrames: number[] = [];
  const arrived = new Set<number>();
  const all = Promise.withResolvers<void>();
  producer.on('trace', ({ type, info }) => {
    const { timestamp } = (info as { rtpPacket: { timestamp: number } }).rtpPacket;
    if (type === 'keyframe') keyFrames.push(timestamp);
    arrived.add(timestamp);
    if (arrived.size === FRAMES) all.resolve();
  });

  const FRAMES = 12;
  const size = { width: 640, height: 360 };
  const screen = await openScreen(size.width, size.height);
  const encoder = await openEncoder('svt-av1', screen, { ...size, framesPerSecond: 60, bitrateKbps: 4_000 });
  const packetise = newPacketiser('video/AV1', await media.videoSsrc('video/AV1'));
  const socket = createSocket('udp4');
  try {
    socket.connect(media.destination.port, '127.0.0.1');
    await once(socket, 'connect');
    for (let frame = 0; frame < FRAMES; frame++) {
      if (frame === 7) encoder.requestKeyFrame();
      const { data } = await encoder.encode(frame * 1_500);
      for (const packet of packetise(data, frame * 1_500))
        await new Promise<void>((resolve) => socket.send(packet, () => resolve()));
    }
    await all.promise;
    expect(keyFrames).toEqual([0, 7 * 1_500]);
  } finally {
    socket.close();
    encoder.close();
    media.close();
  }
});
