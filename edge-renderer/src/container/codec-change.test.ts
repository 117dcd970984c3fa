import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AV1_PAYLOAD_TYPE, VIDEO_PAYLOAD_TYPE } from '@kilat/shared/media/router-capabilities';
import { TitleId } from '@kilat/shared/ids';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PictureDecoder } from '../encode/libav/picture-decoder.ts';
import { OBU_SEQUENCE_HEADER, obus } from '../rtp/av1-obus.ts';
import { depacketiseAv1 } from '../rtp/testing/av1-receiver.ts';
import { unavailableAv1 } from '../encode/testing/unavailable-av1.ts';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { Container } from './container.ts';
import type { FromContainer } from './messages.ts';

const sandbox = await chooseSandbox('auto', machineAllowance(), false);
const H264_SSRC = 77;
const AUDIO_SSRC = 78;
const AV1_SSRC = 79;
const NEW_SSRC = 80;

let scratch: string;
let probe: LoadedTitle;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-codec-change-'));
  const { titles } = await loadTitles([bundledTitles]);
  probe = titles.find(({ id }) => id === TitleId.parse('latency-probe-moving')) as LoadedTitle;
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A media worker's end of the wire: gives whole frames of one stream, in order, and asks for key frames. */
async function receive() {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 }).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let from = 0;
  let packets: Buffer[] = [];
  /** By SSRC, the sequence number of the latest packet. */
  const sequences = new Map<number, number>();
  const waiting: {
    payloadType: number;
    ssrc: number;
    resolve: (frame: Buffer[]) => void;
    reject: (error: Error) => void;
  }[] = [];
  socket.on('message', (packet, { port }) => {
    from = port;
    // The probe's sound comes the same way.
    if (packet.readUInt32BE(8) === AUDIO_SSRC) return;
    sequences.set(packet.readUInt32BE(8), packet.readUInt16BE(2));
    packets.push(packet);
    if ((packet[1] as number) < 0x80) return;
    const frame = packets;
    packets = [];
    const [wanted] = waiting;
    const [first] = frame as [Buffer];
    if (wanted?.payloadType !== ((first[1] as number) & 127) || wanted.ssrc !== first.readUInt32BE(8)) return;
    waiting.shift();
    wanted.resolve(frame);
  });
  return {
    port: socket.address().port,
    sequences,
    next: (payloadType: number, ssrc: number) =>
      new Promise<Buffer[]>((resolve, reject) => waiting.push({ payloadType, ssrc, resolve, reject })),
    fail: (error: Error) => {
      for (const { reject } of waiting.splice(0)) reject(error);
    },
    askForKeyFrame: (ssrc: number) => {
      const pli = Buffer.from('81ce000200000000', 'hex');
      const media = Buffer.alloc(4);
      media.writeUInt32BE(ssrc);
      socket.send(Buffer.concat([pli, media]), from, '127.0.0.1');
    },
    close: () => socket.close(),
  };
}

/** A container whose title has drawn and whose H.264 arrives. */
async function playing() {
  const container = await Container.start(probe, { scratch, bitrateKbps: 4_000, startTitle: true, sandbox });
  const wire = await receive();
  const said: FromContainer[] = [];
  const drawn = Promise.withResolvers<void>();
  const codecFailed = Promise.withResolvers<Extract<FromContainer, { type: 'codec-failed' }>>();
  container.listen({
    message: (message) => {
      said.push(message);
      if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve();
      if (message.type === 'codec-failed') codecFailed.resolve(message);
    },
    failed: ({ reason, detail }) => {
      const error = new Error(`${reason}: ${detail}`);
      drawn.reject(error);
      codecFailed.reject(error);
      wire.fail(error);
    },
  });
  codecFailed.promise.catch(() => {});
  await drawn.promise;
  container.send({ type: 'stream', to: { port: wire.port, videoSsrc: H264_SSRC, audioSsrc: AUDIO_SSRC } });
  container.send({ type: 'viewer', present: true });
  await wire.next(VIDEO_PAYLOAD_TYPE, H264_SSRC);
  const close = async () => {
    wire.close();
    await container.close();
  };
  return { container, wire, said, codecFailed: codecFailed.promise, close };
}

/** Parameter sets go ahead of an IDR, in a STAP-A (RFC 6184). */
const startsWithIdr = ([packet]: Buffer[]) => ((packet?.[20] as number) & 31) === 24;
const sequenceOf = ([packet]: Buffer[]) => packet?.readUInt16BE(2);

test('the codec changes in mid-session: a key frame in its own stream first, another on request, and back', async () => {
  const { container, wire, said, close } = await playing();
  const decoder = new PictureDecoder('video/AV1');
  const isKey = (frame: Buffer) => [...obus(frame)].some(({ type }) => type === OBU_SEQUENCE_HEADER);
  const nextAv1 = async () => depacketiseAv1(await wire.next(AV1_PAYLOAD_TYPE, AV1_SSRC));
  try {
    container.send({ type: 'codec', order: { codec: 'video/AV1', encoders: ['svt-av1'], ssrc: AV1_SSRC } });
    const first = await nextAv1();
    expect(isKey(first)).toBe(true);
    expect(decoder.decode(first, 0)).toMatchObject({ width: 1280, height: 720 });
    const second = await nextAv1();
    expect(isKey(second)).toBe(false);
    expect(decoder.decode(second, 1)).toMatchObject({ width: 1280, height: 720 });
    wire.askForKeyFrame(AV1_SSRC);
    let frame = await nextAv1();
    while (!isKey(frame)) frame = await nextAv1();
    expect(decoder.decode(frame, 2).width).toBe(1280);

    // As after the media worker's death: its H.264 stream is told first, then what the page that comes gets.
    container.send({ type: 'stream', to: { port: wire.port, videoSsrc: NEW_SSRC, audioSsrc: AUDIO_SSRC } });
    container.send({ type: 'codec', order: { codec: 'video/H264', encoders: ['x264'], ssrc: NEW_SSRC } });
    expect(startsWithIdr(await wire.next(VIDEO_PAYLOAD_TYPE, NEW_SSRC))).toBe(true);
    expect(said.flatMap((message) => (message.type === 'encoder' ? [message.kind] : []))).toEqual([
      ...['x264', 'svt-av1', 'x264'],
    ]);
  } finally {
    decoder.close();
    await close();
  }
});

test('a codec that comes back goes on in the stream that the worker knows, without a jump', async () => {
  const { container, wire, close } = await playing();
  const h264 = { codec: 'video/H264', encoders: ['x264'], ssrc: H264_SSRC } as const;
  const av1 = { codec: 'video/AV1', encoders: ['svt-av1'], ssrc: AV1_SSRC } as const;
  const next = async ({ codec, encoders, ssrc }: typeof h264 | typeof av1) => {
    const before = wire.sequences.get(ssrc);
    container.send({ type: 'codec', order: { codec, encoders: [...encoders], ssrc } });
    const frame = await wire.next(codec === 'video/AV1' ? AV1_PAYLOAD_TYPE : VIDEO_PAYLOAD_TYPE, ssrc);
    return { frame, before };
  };
  try {
    await next(av1);
    const back = await next(h264);
    expect(startsWithIdr(back.frame)).toBe(true);
    expect(sequenceOf(back.frame)).toBe(((back.before as number) + 1) & 0xffff);
    const again = await next(av1);
    expect(sequenceOf(again.frame)).toBe(((again.before as number) + 1) & 0xffff);
  } finally {
    await close();
  }
});

test('a codec of which no encoder opens: it is told, and the one before goes on', async () => {
  const { container, wire, said, codecFailed, close } = await playing();
  try {
    const encoders = [await unavailableAv1()];
    container.send({ type: 'codec', order: { codec: 'video/AV1', encoders, ssrc: AV1_SSRC } });
    expect(await codecFailed).toMatchObject({ codec: 'video/AV1', why: expect.stringMatching(/./) as string });
    for (let frames = 0; frames < 3; frames++) await wire.next(VIDEO_PAYLOAD_TYPE, H264_SSRC);
    // What the agent orders then, for a page that has come back.
    container.send({ type: 'codec', order: { codec: 'video/H264', encoders: ['x264'], ssrc: H264_SSRC } });
    await wire.next(VIDEO_PAYLOAD_TYPE, H264_SSRC);
    expect(said.flatMap((message) => (message.type === 'encoder' ? [message.kind] : []))).toEqual(['x264']);
  } finally {
    await close();
  }
});

test('the last encoder of a codec breaks in mid-session: it is told, and H.264 goes on once it is ordered', async () => {
  const { container, wire, said, codecFailed, close } = await playing();
  try {
    container.send({ type: 'codec', order: { codec: 'video/AV1', encoders: ['svt-av1'], ssrc: AV1_SSRC } });
    await wire.next(AV1_PAYLOAD_TYPE, AV1_SSRC);
    // SVT-AV1 takes 100 Mb/s at most.
    const rendition = { width: 1280, height: 720, framesPerSecond: 30 };
    container.send({ type: 'rendition', rendition: { ...rendition, bitrateKbps: 150_000 } });
    expect((await codecFailed).codec).toBe('video/AV1');
    container.send({ type: 'rendition', rendition: { ...rendition, bitrateKbps: 4_000 } });
    container.send({ type: 'viewer', present: false });
    container.send({ type: 'codec', order: { codec: 'video/H264', encoders: ['x264'], ssrc: H264_SSRC } });
    container.send({ type: 'viewer', present: true });
    expect(startsWithIdr(await wire.next(VIDEO_PAYLOAD_TYPE, H264_SSRC))).toBe(true);
    await wire.next(VIDEO_PAYLOAD_TYPE, H264_SSRC);
    expect(said.filter(({ type }) => type === 'codec-failed')).toHaveLength(1);
  } finally {
    await close();
  }
});
