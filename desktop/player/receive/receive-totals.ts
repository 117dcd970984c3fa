/** Counters of one connection's received streams since it began, as `getStats` gives them. Seconds and bytes are turned into our units. */
export interface ReceiveTotals {
  atMs: number;
  video: VideoTotals;
  audio: AudioTotals;
  roundTripMs: number | undefined;
}

export interface VideoTotals {
  width: number;
  height: number;
  framesDecoded: number;
  framesDropped: number;
  keyFrames: number;
  bytes: number;
  packetsReceived: number;
  packetsLost: number;
  nacks: number;
  plis: number;
  freezes: number;
  jitterBufferMs: number;
  jitterBufferFrames: number;
  decodeMs: number;
  decoder: string | undefined;
  codec: string | undefined;
}

export interface AudioTotals {
  bytes: number;
  packetsLost: number;
  concealedSamples: number;
  energy: number;
  jitterBufferMs: number;
  jitterBufferSamples: number;
}

/** One entry of an `RTCStatsReport`. */
export type StatsEntry = Record<string, unknown>;

/** mediasoup probes the bandwidth on this SSRC; its packets are not the picture. */
const PROBATOR_SSRC = 1234;

/** Reads the counters out of a report; a stream not there yet counts zero. */
export function readReceiveTotals(report: Iterable<StatsEntry>, atMs: number): ReceiveTotals {
  const entries = [...report];
  const stream = (kind: string) =>
    entries.find((entry) => entry.type === 'inbound-rtp' && entry.kind === kind && entry.ssrc !== PROBATOR_SSRC) ?? {};
  const video = stream('video');
  const audio = stream('audio');
  const pair = entries.find(
    (entry) => entry.type === 'candidate-pair' && entry.nominated === true && entry.state === 'succeeded',
  );
  const roundTrip = pair?.currentRoundTripTime;
  return {
    atMs,
    video: {
      width: count(video.frameWidth),
      height: count(video.frameHeight),
      framesDecoded: count(video.framesDecoded),
      framesDropped: count(video.framesDropped),
      keyFrames: count(video.keyFramesDecoded),
      bytes: count(video.bytesReceived) + count(video.headerBytesReceived),
      packetsReceived: count(video.packetsReceived),
      packetsLost: count(video.packetsLost),
      nacks: count(video.nackCount),
      plis: count(video.pliCount),
      freezes: count(video.freezeCount),
      jitterBufferMs: count(video.jitterBufferDelay) * 1_000,
      jitterBufferFrames: count(video.jitterBufferEmittedCount),
      decodeMs: count(video.totalDecodeTime) * 1_000,
      decoder: typeof video.decoderImplementation === 'string' ? video.decoderImplementation : undefined,
      codec: codecName(entries.find((entry) => entry.type === 'codec' && entry.id === video.codecId)?.mimeType),
    },
    audio: {
      bytes: count(audio.bytesReceived) + count(audio.headerBytesReceived),
      packetsLost: count(audio.packetsLost),
      concealedSamples: count(audio.concealedSamples),
      energy: count(audio.totalAudioEnergy),
      jitterBufferMs: count(audio.jitterBufferDelay) * 1_000,
      jitterBufferSamples: count(audio.jitterBufferEmittedCount),
    },
    roundTripMs: typeof roundTrip === 'number' ? roundTrip * 1_000 : undefined,
  };
}

const codecName = (mimeType: unknown): string | undefined =>
  typeof mimeType === 'string' ? mimeType.replace('video/', '') : undefined;

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

export const NOTHING_RECEIVED: ReceiveTotals = readReceiveTotals([], 0);
