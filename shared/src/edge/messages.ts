import { z } from 'zod';
import { EdgeId, PlayerId, ProviderId, SessionId, TitleId } from '../ids.ts';
import { MediaOffer, MediaRequest } from '../media/parameters.ts';
import { NumberedEvent, Warmth } from '../session/life.ts';
import { Milliseconds } from '../units.ts';

/** First message of the Indexer on an edge's socket: prove that you hold your key. */
export const EdgeChallenge = z.object({ nonce: z.string().min(32).max(128) });

/**
 * The edge's acknowledgement of the challenge. `signature` is Ed25519 over the UTF-8 text
 * `kilat-edge-v1:<nonce>`; an edge unknown so far adds its one-time enrolment token.
 */
export const EdgeProof = z.object({
  protocol: z.number().int(),
  /** Raw 32-byte Ed25519 public key and 64-byte signature, base64url. */
  publicKey: z.string().max(64),
  signature: z.string().max(128),
  enrolmentToken: z.string().max(1024).optional(),
});
export type EdgeProof = z.infer<typeof EdgeProof>;

/** The text an edge signs to prove its key. */
export const edgeProofText = (nonce: string): string => `kilat-edge-v1:${nonce}`;

/** Whether a title can run on an edge, and what would have to be installed. */
export const EdgeTitle = z.object({
  titleId: TitleId,
  installed: z.boolean(),
  missing: z.array(z.string().max(200)).max(32),
});

/** What an edge says of itself once its key is accepted, and again whenever its titles change. */
export const EdgeAnnouncement = z.object({
  providerId: ProviderId,
  region: z.string().min(1).max(40),
  /** Price of one slot for one minute, in millionths of a US dollar. */
  pricePerSlotMinuteMicroUsd: z.number().int().nonnegative(),
  hardware: z.object({
    cpu: z.string().max(120),
    cores: z.number().int().positive(),
    memoryMb: z.number().int().positive(),
    gpu: z.string().max(120).nullable(),
  }),
  encoder: z.string().max(40),
  slots: z.number().int().nonnegative(),
  /** How long a session waits for a player who vanished, ms. */
  holdMs: Milliseconds.positive().optional(),
  titles: z.array(EdgeTitle).max(500),
  /** Sessions alive on the edge; an Indexer that was restarted relearns them from here. */
  sessions: z
    .array(
      z.object({
        sessionId: SessionId,
        playerId: PlayerId,
        titleId: TitleId,
        state: z.enum(['starting', 'playing', 'held']),
      }),
    )
    .max(500),
  /** Sessions with events that are still to be reported; one that is neither here nor above is lost. Absent: unknown. */
  unreported: z.array(SessionId).max(500).optional(),
});
export type EdgeAnnouncement = z.infer<typeof EdgeAnnouncement>;

/** Every `EDGE_HEARTBEAT_MS`, and at once when slots change. */
export const EdgeHeartbeat = z.object({
  freeSlots: z.number().int().nonnegative(),
  warm: z.array(TitleId).max(64),
  draining: z.boolean(),
});
export type EdgeHeartbeat = z.infer<typeof EdgeHeartbeat>;

/** Why an edge refuses a reservation or an attachment. */
export const EdgeRefusalReason = z.enum([
  'full',
  'unknown-title',
  'not-installed',
  'draining',
  'unknown-session',
  'no-h264',
  'bad-request',
  'failed',
]);
export const EdgeRefusal = z.object({
  ok: z.literal(false),
  reason: EdgeRefusalReason,
  detail: z.string().max(500).optional(),
});
export type EdgeRefusal = z.infer<typeof EdgeRefusal>;

export const ReserveRequest = z.object({
  sessionId: SessionId,
  playerId: PlayerId,
  titleId: TitleId,
  media: MediaRequest,
  /** The title keeps saves; `restore`: this player may have some, so the title must not start without asking for them. */
  saves: z.object({ restore: z.boolean() }).optional(),
});
export type ReserveRequest = z.infer<typeof ReserveRequest>;
export const ReserveReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), warmth: Warmth, media: MediaOffer }),
  EdgeRefusal,
]);
export type ReserveReply = z.infer<typeof ReserveReply>;

export const AttachRequest = z.object({ sessionId: SessionId, media: MediaRequest });
export type AttachRequest = z.infer<typeof AttachRequest>;

/** Why the Indexer does not let an edge in; a closed set. Only `edge-silent`, `replaced` and `no-answer` are worth another try. */
export const EdgeDoorRefusal = z.enum([
  'protocol-version', // edge and Indexer are of different releases
  'no-answer', // the challenge was not answered in time
  'bad-proof', // the answer did not parse, or its key is no Ed25519 key
  'wrong-signature', // the signature is not of this key over this nonce
  'not-enrolled', // the key is unknown and came without a token
  'token-invalid', // the enrolment token is not ours or too old
  'token-used', // the enrolment token has enrolled another edge
  'indexer-trouble', // the Indexer cannot keep its records; try again later
  'edge-silent', // no heartbeat for `EDGE_SILENT_MS`
  'replaced', // the same key connected anew
]);
export type EdgeDoorRefusal = z.infer<typeof EdgeDoorRefusal>;

/** What the Indexer tells an edge besides calls; `challenge` is acknowledged with an `EdgeProof`, `refused` precedes a disconnect. */
export const edgeNotices = {
  challenge: EdgeChallenge,
  refused: z.object({ reason: EdgeDoorRefusal, detail: z.string().max(500) }),
} as const;

/** Requests of the Indexer to an edge, each answered through the acknowledgement. */
export const edgeCalls = {
  reserve: { request: ReserveRequest, reply: ReserveReply },
  attach: { request: AttachRequest, reply: ReserveReply },
  end: {
    request: z.object({ sessionId: SessionId, reason: z.enum(['left', 'replaced']) }),
    reply: z.object({ ok: z.boolean() }),
  },
} as const;

/** Requests of an edge to the Indexer. `events` is repeated until acknowledged; `upTo` is the highest number stored. */
export const indexerCalls = {
  announce: { request: EdgeAnnouncement, reply: z.object({ ok: z.literal(true), edgeId: EdgeId }) },
  events: {
    request: z.object({ sessionId: SessionId, events: z.array(NumberedEvent).min(1).max(64) }),
    reply: z.object({ ok: z.literal(true), upTo: z.number().int() }),
  },
} as const;
