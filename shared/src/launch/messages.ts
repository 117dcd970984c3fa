import { z } from 'zod';
import { EdgeId, SessionId, TitleId } from '../ids.ts';
import { MediaOffer, MediaRequest } from '../media/parameters.ts';
import { QualityRecord } from '../latency/quality.ts';
import { EpochMs, Milliseconds } from '../units.ts';
import { Catalogue } from '../title/catalogue.ts';
import { DisplaySpec, TitleManifest } from '../title/manifest.ts';
import { SessionEvent, Warmth } from '../session/life.ts';

/** Why a request of a player was refused; a closed set, worded for people by the player. */
export const RefusalReason = z.enum([
  'unknown-title', // no manifest of that id
  'not-installed', // edges are there, none has the title's program
  'no-edge', // no edge is connected
  'all-full', // every edge that has the title is full
  'draining', // every edge that has the title takes no new sessions: its operator empties it
  'edge-gone', // every candidate fell silent while being asked
  'no-h264', // the browser offered no H.264
  'protocol-version', // the page is older or newer than the Indexer: reload
  'bad-request', // the message did not parse
  'too-many', // too many requests from this player: never final, the same is welcome after `retryAfterMs`
  'too-many-sessions', // this player already plays as many games as one may
  'session-ended', // the session to resume is over
  'not-yours', // the resume token is not of this session
  'indexer-trouble', // the Indexer cannot keep its records (disk full) and takes no new sessions
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

export const Refusal = z.object({
  ok: z.literal(false),
  reason: RefusalReason,
  detail: z.string().max(500).optional(),
  /** When to try again, ms from now; where it is given, the same request may be accepted then. */
  retryAfterMs: z.number().int().nonnegative().optional(),
});
export type Refusal = z.infer<typeof Refusal>;

/** `launch`: the one request of a launch. */
export const LaunchRequest = z.object({
  titleId: TitleId,
  media: MediaRequest,
  viewport: z.object({
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    pixelRatio: z.number().positive(),
  }),
  inputDevices: z.array(z.enum(['keyboard', 'mouse', 'gamepad', 'touch'])).max(4),
});
export type LaunchRequest = z.infer<typeof LaunchRequest>;

/** `resume`: a new transport for a session that is starting, playing or held (page reloaded, network changed, worker lost). */
export const ResumeRequest = z.object({ sessionId: SessionId, resumeToken: z.string().max(1024), media: MediaRequest });
export type ResumeRequest = z.infer<typeof ResumeRequest>;

/** The one reply: everything the page needs to connect; later stages follow as `session` notices. */
export const SessionOffer = z.object({
  ok: z.literal(true),
  sessionId: SessionId,
  /** Signed by the Indexer; `resume`, `leave`, `watch` and `quality` carry it. Good for 24 h. */
  resumeToken: z.string(),
  titleId: TitleId,
  titleName: z.string(),
  probe: z.boolean(),
  display: DisplaySpec,
  mouse: z.enum(['relative', 'absolute', 'none']),
  /** How long the session waits for a player who vanished, ms; absent: its edge does not say. */
  holdMs: Milliseconds.positive().optional(),
  /** What the title can be played with. */
  input: TitleManifest.shape.input,
  edge: z.object({ edgeId: EdgeId, region: z.string(), warmth: Warmth }),
  media: MediaOffer,
});
export type SessionOffer = z.infer<typeof SessionOffer>;

export const LaunchReply = z.discriminatedUnion('ok', [SessionOffer, Refusal]);
export type LaunchReply = z.infer<typeof LaunchReply>;

const Done = z.discriminatedUnion('ok', [z.object({ ok: z.literal(true) }), Refusal]);
const Owned = z.object({ sessionId: SessionId, resumeToken: z.string().max(1024) });

/** One window, or up to fifty that had to wait; acknowledged once all are stored, else repeated as a whole. */
const QualityReport = Owned.extend({
  record: QualityRecord.optional(),
  records: z.array(QualityRecord).min(1).max(50).optional(),
}).refine(({ record, records }) => (record === undefined) !== (records === undefined), {
  error: 'give either record or records',
});

/** Requests a player's socket makes, each answered through socket.io's acknowledgement. */
export const playerCalls = {
  launch: { request: LaunchRequest, reply: LaunchReply },
  resume: { request: ResumeRequest, reply: LaunchReply },
  leave: { request: Owned, reply: Done },
  /** After the socket reconnected while the picture went on: send me this session's notices again. */
  watch: { request: Owned, reply: Done },
  quality: { request: QualityReport, reply: Done },
} as const;

/** What the Indexer sends a player unasked. */
export const playerNotices = {
  catalogue: Catalogue,
  session: z.object({ sessionId: SessionId, atMs: EpochMs, event: SessionEvent }),
} as const;
