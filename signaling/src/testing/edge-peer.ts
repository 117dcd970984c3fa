import { once } from 'node:events';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  type EdgeAnnouncement,
  type EdgeDoorRefusal,
  edgeProofText,
  type EdgeRefusal,
  type ReserveReply,
  type ReserveRequest,
} from '@kilat/shared/edge/messages';
import { type EdgeId, ProviderId, type SessionId, TitleId } from '@kilat/shared/ids';
import { EDGE_HEARTBEAT_MS, EDGE_NAMESPACE, PROTOCOL_VERSION } from '@kilat/shared/protocol';
import type { NumberedEvent, SessionEvent } from '@kilat/shared/session/life';
import { io, type Socket } from 'socket.io-client';
import { edgeIdOf } from '../identity/edge-key.ts';
import { MEDIA_OFFER } from './media.ts';

/** The title every peer has installed. */
export const TITLE = TitleId.parse('latency-probe');

/** How a peer answers a reservation: at once, or only after it is told to. */
type Answer = ReserveReply | EdgeRefusal | unknown;

/** An edge as the Indexer sees it: a real Ed25519 key on the real wire, with nothing behind it. */
export class EdgePeer {
  readonly edgeId: EdgeId;
  readonly #key: KeyObject;
  readonly #publicKey: string;
  readonly #url: () => string;
  #socket: Socket | undefined;
  #heart: NodeJS.Timeout | undefined;
  readonly #numbers = new Map<SessionId, number>();
  /** Reservations it was asked for. */
  readonly asked: ReserveRequest[] = [];
  /** Sessions it was told to end. */
  readonly toldToEnd: { sessionId: SessionId; reason: string }[] = [];
  sessions: EdgeAnnouncement['sessions'] = [];
  slots = 2;
  holdMs = 90_000;
  freeSlots = 2;
  warm: TitleId[] = [];
  draining = false;
  pricePerSlotMinuteMicroUsd = 1000;
  installed = true;
  token: string | undefined;
  protocol = PROTOCOL_VERSION;
  /** What it signs, given the challenge's nonce. */
  signedText: (nonce: string) => string = edgeProofText;
  reserve: (request: ReserveRequest) => Answer | Promise<Answer> = () => ({
    ok: true,
    warmth: 'cold',
    media: MEDIA_OFFER,
  });
  attach: (sessionId: SessionId) => Answer = () => ({ ok: true, warmth: 'title', media: MEDIA_OFFER });
  /** Whether it agrees to end a session, and then reports the end itself. */
  reportsEnds = true;

  /** `url` is asked at each connection: an Indexer may have moved. */
  constructor(url: () => string, token?: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    this.#key = privateKey;
    this.#publicKey = raw.toString('base64url');
    this.edgeId = edgeIdOf(raw);
    this.#url = url;
    this.token = token;
  }

  /** Connects and proves the key; resolves once announced, or with the Indexer's refusal. */
  async connect(): Promise<{ ok: true } | { ok: false; reason: EdgeDoorRefusal }> {
    const socket = io(this.#url() + EDGE_NAMESPACE, { transports: ['websocket'], forceNew: true, reconnection: false });
    this.#socket = socket;
    const refused = new Promise<{ ok: false; reason: EdgeDoorRefusal }>((resolve) => {
      socket.on('refused', ({ reason }: { reason: EdgeDoorRefusal }) => resolve({ ok: false, reason }));
    });
    socket.on('reserve', async (request: ReserveRequest, reply: (answer: unknown) => void) => {
      this.asked.push(request);
      const answer = await this.reserve(request);
      if (answer !== undefined) reply(answer);
    });
    socket.on('attach', async ({ sessionId }: { sessionId: SessionId }, reply: (answer: unknown) => void) =>
      reply(await this.attach(sessionId)),
    );
    socket.on(
      'end',
      (request: { sessionId: SessionId; reason: 'left' | 'replaced' }, reply: (answer: unknown) => void) => {
        this.toldToEnd.push(request);
        reply({ ok: this.reportsEnds });
        if (!this.reportsEnds) return;
        // A test may close this peer before the report is acknowledged.
        this.report(request.sessionId, { type: 'ended', reason: request.reason, meteredSeconds: 7 }).catch(
          () => undefined,
        );
      },
    );
    const announced = new Promise<{ ok: true }>((resolve, reject) => {
      socket.on('challenge', ({ nonce }: { nonce: string }, reply: (proof: unknown) => void) => {
        const signature = sign(null, Buffer.from(this.signedText(nonce)), this.#key).toString('base64url');
        const enrolment = this.token === undefined ? {} : { enrolmentToken: this.token };
        reply({ protocol: this.protocol, publicKey: this.#publicKey, signature, ...enrolment });
        socket
          .timeout(10_000)
          .emitWithAck('announce', this.announcement())
          .then(() => resolve({ ok: true }), reject);
      });
    });
    // A refusal leaves the announcement unanswered.
    announced.catch(() => undefined);
    const outcome = await Promise.race([announced, refused]);
    if (outcome.ok) {
      this.beat();
      this.#heart = setInterval(() => this.beat(), EDGE_HEARTBEAT_MS);
    }
    return outcome;
  }

  announcement(): EdgeAnnouncement {
    return {
      providerId: ProviderId.parse('test-provider'),
      region: 'here',
      pricePerSlotMinuteMicroUsd: this.pricePerSlotMinuteMicroUsd,
      hardware: { cpu: 'test', cores: 2, memoryMb: 2048, gpu: null },
      encoder: 'x264',
      slots: this.slots,
      holdMs: this.holdMs,
      titles: [{ titleId: TITLE, installed: this.installed, missing: this.installed ? [] : ['something'] }],
      sessions: this.sessions,
    };
  }

  beat(): void {
    this.#socket?.emit('heartbeat', { freeSlots: this.freeSlots, warm: this.warm, draining: this.draining });
  }

  /** Stops the heartbeat and leaves the connection open. */
  fallSilent(): void {
    clearInterval(this.#heart);
  }

  /** Reports events with the next numbers; resolves with `upTo`. */
  async report(sessionId: SessionId, ...events: SessionEvent[]): Promise<number> {
    const from = this.#numbers.get(sessionId) ?? 0;
    this.#numbers.set(sessionId, from + events.length);
    return await this.send(
      sessionId,
      events.map((event, index) => ({ n: from + index + 1, atMs: Date.now(), event })),
    );
  }

  /** Sends numbered events as they are. */
  async send(sessionId: SessionId, events: NumberedEvent[]): Promise<number> {
    const reply = (await this.socket.timeout(3_000).emitWithAck('events', { sessionId, events })) as { upTo: number };
    return reply.upTo;
  }

  /** Starts a session the way a real edge reports it. */
  async play(sessionId: SessionId): Promise<void> {
    const reserved = { type: 'reserved', edgeId: this.edgeId, warmth: 'cold' } as const;
    await this.report(
      sessionId,
      reserved,
      { type: 'stage', stage: 'display', sinceReserveMs: 100 },
      { type: 'playing' },
    );
  }

  get socket(): Socket {
    if (this.#socket === undefined) throw new Error('this edge is not connected');
    return this.#socket;
  }

  async disconnected(): Promise<void> {
    if (this.socket.connected) await once(this.socket as never, 'disconnect');
  }

  close(): void {
    clearInterval(this.#heart);
    this.#socket?.disconnect();
  }
}
