import { createSocket } from 'node:dgram';
import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';
import { MediaOffer } from '@kilat/shared/media/parameters';
import type { types } from 'mediasoup';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MediaWorker, MediaWorkers } from './media-workers.ts';
import { CannotConsumeError, SessionMedia } from './session-media.ts';

const fingerprint = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') } as const;
const request = { rtpCapabilities: ROUTER_RTP_CAPABILITIES, dtlsFingerprints: [fingerprint] };
let workers: MediaWorkers;
let lost = Promise.withResolvers<void>();
let back = Promise.withResolvers<void>();

beforeAll(async () => {
  workers = await MediaWorkers.start({ binary: process.env.MEDIASOUP_WORKER_BIN, address: '127.0.0.1', port: 0 });
  workers.listen({ lost: () => lost.resolve(), back: () => back.resolve() });
});
afterAll(() => workers.close());

const worker = (): MediaWorker => {
  if (workers.current === undefined) throw new Error('no worker');
  return workers.current;
};

test('the router capabilities that pages are built with are what a real router has', async () => {
  const router = await worker().createRouter();
  const { codecs = [], headerExtensions = [] } = router.rtpCapabilities;
  expect(
    codecs.map(({ mimeType, preferredPayloadType, parameters }) => ({ mimeType, preferredPayloadType, parameters })),
  ).toEqual(
    ROUTER_RTP_CAPABILITIES.codecs.map(({ mimeType, preferredPayloadType, parameters }) => ({
      mimeType,
      preferredPayloadType,
      parameters,
    })),
  );
  for (const { kind, uri, preferredId } of ROUTER_RTP_CAPABILITIES.headerExtensions) {
    expect(headerExtensions).toContainEqual(expect.objectContaining({ kind, uri, preferredId }));
  }
  router.close();
});

test('an offer passes the wire schema and fits a socket message', async () => {
  const media = await SessionMedia.create(worker());
  const offer = await media.offer(request);
  const onTheWire: unknown = JSON.parse(JSON.stringify(offer));
  expect(onTheWire).toMatchObject(MediaOffer.parse(onTheWire));
  expect(JSON.stringify(offer).length).toBeLessThan(16 * 1024);
  expect(offer.video.rtpParameters.headerExtensions?.map(({ uri }) => uri)).toContainEqual(
    expect.stringContaining('playout-delay'),
  );
  expect(offer.video.rtpParameters.encodings?.[0]?.rtx).toBeDefined();
  media.close();
});

test('pages that come at once leave the transports of one', async () => {
  const { server } = worker();
  const open = async () => (await server.dump()).webRtcTransportIds.length;
  const before = await open();
  const media = await SessionMedia.create(worker());
  const offers = await Promise.all([media.offer(request), media.offer(request), media.offer(request)]);
  const kept = (await server.dump()).webRtcTransportIds;
  expect(kept.length).toBe(before + 1);
  expect(kept).toContain(offers[2]?.transport.id);
  media.close();
});

test('no colour-space extension is offered: some browsers decode on the processor because of it', async () => {
  const media = await SessionMedia.create(worker());
  const uri = 'http://www.webrtc.org/experiments/rtp-hdrext/color-space';
  const colourSpace = { kind: 'video' as const, uri, preferredId: 12, direction: 'recvonly' as const };
  const { headerExtensions } = ROUTER_RTP_CAPABILITIES;
  const page = { ...ROUTER_RTP_CAPABILITIES, headerExtensions: [...headerExtensions, colourSpace] };
  const { video } = await media.offer({ ...request, rtpCapabilities: page });
  expect(headerExtensions.map((extension) => extension.uri)).not.toContain(uri);
  expect(video.rtpParameters.headerExtensions?.map((extension) => extension.uri)).not.toContain(uri);
  media.close();
});

test('players are told the port that a NAT or relay forwards', async () => {
  const media = await SessionMedia.create({ ...worker(), announcedPort: 40_123 });
  const { transport } = await media.offer(request);
  expect(transport.iceCandidates.map(({ port }) => port)).toEqual([40_123, 40_123]);
  media.close();
});

test('a second page takes the place of the first', async () => {
  const media = await SessionMedia.create(worker());
  const first = await media.offer(request);
  const second = await media.offer(request);
  expect(second.transport.id).not.toBe(first.transport.id);
  media.close();
});

test('what was sent is forgotten by a pause of the picture, which goes on at once; the sound is left alone', async () => {
  const consumers: types.Consumer[] = [];
  const createRouter: MediaWorker['createRouter'] = async () => {
    const router = await worker().createRouter();
    router.observer.on('newtransport', ({ observer }) =>
      observer.on('newconsumer', (consumer) => consumers.push(consumer)),
    );
    return router;
  };
  const media = await SessionMedia.create({ ...worker(), createRouter });
  await media.offer(request);
  const happened: string[] = [];
  const resumed = new Promise<void>((resolve) => {
    for (const { kind, observer } of consumers)
      for (const event of ['pause', 'resume'] as const)
        observer.on(event, () => {
          happened.push(`${kind} ${event}`);
          if (event === 'resume') resolve();
        });
  });
  media.forgetSent();
  await resumed;
  expect(happened).toEqual(['video pause', 'video resume']);
  media.close();
});

test('a browser without H.264 is refused', async () => {
  const media = await SessionMedia.create(worker());
  const audioOnly = {
    ...ROUTER_RTP_CAPABILITIES,
    codecs: ROUTER_RTP_CAPABILITIES.codecs.filter(({ kind }) => kind === 'audio'),
  };
  await expect(media.offer({ ...request, rtpCapabilities: audioOnly })).rejects.toThrow(CannotConsumeError);
  media.close();
});

test('a killed worker is noticed and replaced', async () => {
  lost = Promise.withResolvers();
  back = Promise.withResolvers();
  const { pid } = worker();
  process.kill(pid, 'SIGKILL');
  await lost.promise;
  expect(workers.current).toBeUndefined();
  await back.promise;
  expect(worker().pid).not.toBe(pid);
  const media = await SessionMedia.create(worker());
  expect((await media.offer(request)).transport.iceCandidates.length).toBeGreaterThan(0);
  media.close();
});

test('a port that is taken and a program that is missing are said in words', async () => {
  const settings = { binary: process.env.MEDIASOUP_WORKER_BIN, address: '127.0.0.1', port: 0 };
  const taken = createSocket('udp4');
  await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
  const { port } = taken.address();
  const start = (other: Partial<typeof settings>) => MediaWorkers.start({ ...settings, ...other });
  await expect(start({ port })).rejects.toThrow(`Port ${port} for media is taken`);
  await expect(start({ binary: '/nowhere/worker' })).rejects.toThrow('MEDIASOUP_WORKER_BIN');
  taken.close();
});
