import {
  edgeCalls,
  edgeNotices,
  type EdgeAnnouncement,
  type EdgeHeartbeat,
  edgeProofText,
  indexerCalls,
} from '@kilat/shared/edge/messages';
import type { SessionId } from '@kilat/shared/ids';
import { EDGE_HEARTBEAT_MS, EDGE_NAMESPACE, PROTOCOL_VERSION } from '@kilat/shared/protocol';
import type { SessionEvent } from '@kilat/shared/session/life';
import type { Logger } from 'pino';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import type { EdgeKey } from './edge-key.ts';
import { EventOutbox } from './event-outbox.ts';

/** What the edge does when the Indexer asks. */
export type EdgeHandlers = {
  [Name in keyof typeof edgeCalls]: (
    request: z.infer<(typeof edgeCalls)[Name]['request']>,
  ) => Promise<z.infer<(typeof edgeCalls)[Name]['reply']>>;
};

export interface LinkSettings {
  indexerUrl: string;
  enrolmentToken: string | undefined;
  key: EdgeKey;
  announcement: () => Promise<EdgeAnnouncement>;
  heartbeat: () => EdgeHeartbeat;
  handlers: EdgeHandlers;
  log: Logger;
}

const CALL_TIMEOUT_MS = 5_000;

/** The edge's one connection to its Indexer: proves the key, announces, answers, and repeats events until stored. */
export class IndexerLink {
  readonly #settings: LinkSettings;
  readonly #socket: Socket;
  readonly #outbox = new EventOutbox();
  readonly #heart: NodeJS.Timeout;
  #accepted = false;
  /** Two edges with one key would evict each other for ever. */
  #replaced = false;
  #lastError: string | undefined;
  #flushing = false;

  constructor(settings: LinkSettings) {
    this.#settings = settings;
    const { indexerUrl, key, enrolmentToken, log } = settings;
    this.#socket = io(new URL(EDGE_NAMESPACE, indexerUrl).href, {
      transports: ['websocket'],
      auth: { protocol: PROTOCOL_VERSION },
      reconnectionDelay: 250,
      reconnectionDelayMax: 3_000,
    });
    this.#socket.on('challenge', (message: unknown, reply: unknown) => {
      const challenge = edgeNotices.challenge.safeParse(message);
      if (!challenge.success || typeof reply !== 'function') return;
      const signature = key.sign(edgeProofText(challenge.data.nonce));
      reply({
        protocol: PROTOCOL_VERSION,
        publicKey: key.publicKey,
        signature,
        ...(enrolmentToken ? { enrolmentToken } : {}),
      });
      void this.announce();
    });
    this.#socket.on('refused', (message: unknown) => {
      const why = edgeNotices.refused.safeParse(message).data;
      if (why?.reason === 'replaced') this.#replaced = true;
      log.error(why, 'the Indexer refused this edge');
    });
    this.#socket.on('connect_error', (error: Error & { data?: { reason?: string } }) => {
      // Every attempt fails alike while the Indexer is away; the first says it.
      if (this.#lastError !== error.message)
        log.warn({ indexerUrl, error: error.message, reason: error.data?.reason }, 'no connection to the Indexer');
      this.#lastError = error.message;
    });
    this.#socket.on('disconnect', (reason) => {
      if (this.#accepted) log.warn({ reason }, 'connection to the Indexer lost');
      this.#accepted = false;
      // socket.io does not come back by itself after the other side ended it.
      if (reason !== 'io server disconnect') return;
      if (this.#replaced)
        log.error(
          'another edge with this key has connected, so this one stays away; give each edge a KILAT_DATA of its own',
        );
      else setTimeout(() => this.#socket.connect(), 2_000).unref();
    });
    for (const name of Object.keys(edgeCalls) as (keyof typeof edgeCalls)[]) this.#answer(name);
    this.#heart = setInterval(() => this.beat(), EDGE_HEARTBEAT_MS);
  }

  get connected(): boolean {
    return this.#accepted;
  }

  /** Says again what this edge has; called on every connection and when its titles change. */
  async announce(): Promise<void> {
    const { log, announcement } = this.#settings;
    try {
      const message = {
        ...(await announcement()),
        unreported: this.#outbox.pending().map(({ sessionId }) => sessionId),
      };
      const reply: unknown = await this.#socket.timeout(CALL_TIMEOUT_MS).emitWithAck('announce', message);
      const { edgeId } = indexerCalls.announce.reply.parse(reply);
      if (!this.#accepted) log.info({ edgeId }, 'announced to the Indexer');
      this.#accepted = true;
      this.beat();
      await this.#flush();
    } catch (error) {
      if (this.#socket.connected) log.warn({ error: String(error) }, 'the Indexer did not take the announcement');
    }
  }

  /** Tells free and warm slots at once. */
  beat(): void {
    if (!this.#accepted) return;
    this.#socket.volatile.emit('heartbeat', this.#settings.heartbeat());
    void this.#flush();
  }

  emit(sessionId: SessionId, event: SessionEvent): void {
    this.#outbox.add(sessionId, event, Date.now());
    void this.#flush();
  }

  /** Waits for the last events to be stored, at most a second, and disconnects. */
  async close(): Promise<void> {
    clearInterval(this.#heart);
    const deadline = Date.now() + 1_000;
    while (this.#accepted && this.#outbox.pending().length > 0 && Date.now() < deadline) {
      await this.#flush();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#socket.disconnect();
  }

  async #flush(): Promise<void> {
    if (this.#flushing || !this.#accepted) return;
    this.#flushing = true;
    try {
      // One session's events that cannot be stored now do not hold up another's; the next heartbeat tries them again.
      const waiting = new Set<SessionId>();
      for (let next = this.#next(waiting); next !== undefined && this.#accepted; next = this.#next(waiting)) {
        if (!(await this.#store(next))) waiting.add(next.sessionId);
      }
    } finally {
      this.#flushing = false;
    }
  }

  #next(waiting: ReadonlySet<SessionId>) {
    return this.#outbox.pending().find(({ sessionId }) => !waiting.has(sessionId));
  }

  async #store(message: ReturnType<EventOutbox['pending']>[number]): Promise<boolean> {
    try {
      const reply: unknown = await this.#socket.timeout(CALL_TIMEOUT_MS).emitWithAck('events', message);
      this.#outbox.acknowledged(message.sessionId, indexerCalls.events.reply.parse(reply).upTo);
      return true;
    } catch {
      return false;
    }
  }

  #answer<Name extends keyof typeof edgeCalls>(name: Name): void {
    const { handlers, log } = this.#settings;
    this.#socket.on(name as string, (message: unknown, reply: unknown) => {
      if (typeof reply !== 'function') return;
      const request = edgeCalls[name].request.safeParse(message);
      if (!request.success)
        return reply({ ok: false, reason: 'bad-request', detail: request.error.issues[0]?.message });
      handlers[name](request.data as never).then(
        (answer) => reply(answer),
        (error: unknown) => {
          log.error({ call: name, error: String(error) }, 'request of the Indexer failed');
          reply({ ok: false, reason: 'failed', detail: String(error).slice(0, 500) });
        },
      );
    });
  }
}
