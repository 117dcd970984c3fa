import { z } from 'zod';

// The parts of ORTC that mediasoup and mediasoup-client exchange. Both check them again in depth; these schemas bound
// what may pass the door.

const word = z.string().max(120);
const parameters = z.record(z.string().max(64), z.union([z.string().max(200), z.number(), z.undefined()]));
const rtcpFeedback = z.array(z.object({ type: word, parameter: z.string().max(64).optional() })).max(16);
const kind = z.enum(['audio', 'video']);

export const RtpCapabilities = z.object({
  codecs: z
    .array(
      z.object({
        kind,
        mimeType: word,
        clockRate: z.number(),
        channels: z.number().optional(),
        preferredPayloadType: z.number(),
        parameters: parameters.optional(),
        rtcpFeedback: rtcpFeedback.optional(),
      }),
    )
    .max(64),
  headerExtensions: z
    .array(
      z.object({
        kind,
        uri: word,
        preferredId: z.number(),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(64),
});
export type RtpCapabilities = z.infer<typeof RtpCapabilities>;

export const RtpParameters = z.object({
  mid: z.string().max(16).optional(),
  codecs: z
    .array(
      z.object({
        mimeType: word,
        payloadType: z.number(),
        clockRate: z.number(),
        channels: z.number().optional(),
        parameters: parameters.optional(),
        rtcpFeedback: rtcpFeedback.optional(),
      }),
    )
    .max(8),
  headerExtensions: z
    .array(
      z.object({
        uri: word,
        id: z.number(),
        encrypt: z.boolean().optional(),
        parameters: parameters.optional(),
      }),
    )
    .max(16)
    .optional(),
  encodings: z
    .array(
      z.object({
        ssrc: z.number().optional(),
        rtx: z.object({ ssrc: z.number() }).optional(),
        dtx: z.boolean().optional(),
        maxBitrate: z.number().optional(),
        scalabilityMode: z.string().max(16).optional(),
      }),
    )
    .max(4)
    .optional(),
  rtcp: z
    .object({ cname: z.string().max(64).optional(), reducedSize: z.boolean().optional(), mux: z.boolean().optional() })
    .optional(),
  msid: z.string().max(128).optional(),
});

/** A certificate's fingerprint (RFC 8122), lower-case algorithm. */
export const DtlsFingerprint = z.object({
  algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
  value: z.string().max(200),
});
export type DtlsFingerprint = z.infer<typeof DtlsFingerprint>;

const SctpStreamParameters = z.object({
  streamId: z.number().int().nonnegative(),
  ordered: z.boolean().optional(),
  maxPacketLifeTime: z.number().optional(),
  maxRetransmits: z.number().optional(),
});

/** What mediasoup-client's `createRecvTransport` takes. */
export const TransportOptions = z.object({
  id: z.string().max(64),
  iceParameters: z.object({ usernameFragment: word, password: word, iceLite: z.boolean().optional() }),
  iceCandidates: z
    .array(
      z.object({
        foundation: word,
        priority: z.number(),
        ip: word,
        address: word,
        protocol: z.enum(['udp', 'tcp']),
        port: z.number(),
        type: z.enum(['host', 'srflx', 'prflx', 'relay']),
        tcpType: z.enum(['active', 'passive', 'so']).optional(),
      }),
    )
    .max(16),
  dtlsParameters: z.object({
    role: z.enum(['auto', 'client', 'server']).optional(),
    fingerprints: z.array(DtlsFingerprint).max(8),
  }),
  sctpParameters: z.object({ port: z.number(), OS: z.number(), MIS: z.number(), maxMessageSize: z.number() }),
});
export type TransportOptions = z.infer<typeof TransportOptions>;

const ConsumerOptions = z.object({
  id: z.string().max(64),
  producerId: z.string().max(64),
  kind,
  rtpParameters: RtpParameters,
});
const DataConsumerOptions = z.object({
  id: z.string().max(64),
  dataProducerId: z.string().max(64),
  sctpStreamParameters: SctpStreamParameters,
  label: z.string().max(32),
  protocol: z.string().max(32),
});

/** Everything one page needs to receive a session and to send its input: the reply side of the one round trip. */
export const MediaOffer = z.object({
  /** Both ways: one ICE and one DTLS handshake. Also carries `INPUT_STREAM` and `CONTROL_STREAM`, page → edge. */
  transport: TransportOptions,
  video: ConsumerOptions,
  audio: ConsumerOptions,
  report: DataConsumerOptions,
  events: DataConsumerOptions,
});
export type MediaOffer = z.infer<typeof MediaOffer>;

/** What a page brings: what it can decode, and its certificate's fingerprints. */
export const MediaRequest = z.object({
  rtpCapabilities: RtpCapabilities,
  dtlsFingerprints: z.array(DtlsFingerprint).min(1).max(4),
  /** Video codecs (`video/AV1`) that it decodes without strain, in hardware as a rule; not said: none but H.264. */
  efficientCodecs: z.array(word).max(8).optional(),
});
export type MediaRequest = z.infer<typeof MediaRequest>;

/**
 * Parameters of the page's two SCTP streams, fixed so that the edge opens them before the page asks. Streams 0 and 1 are
 * the edge's `report` and `events`, by the order in which it makes them.
 */
export const INPUT_STREAM = { streamId: 2, ordered: false, maxRetransmits: 0 } as const;
export const CONTROL_STREAM = { streamId: 3, ordered: true } as const;
