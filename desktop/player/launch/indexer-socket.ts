import { playerCalls, playerNotices, Refusal } from '@kilat/shared/launch/messages';
import { PLAYER_NAMESPACE, PROTOCOL_VERSION } from '@kilat/shared/protocol';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';

type Calls = typeof playerCalls;
type Notices = typeof playerNotices;
export type CallName = keyof Calls;
export type CallRequest<Name extends CallName> = z.infer<Calls[Name]['request']>;
export type CallReply<Name extends CallName> = z.infer<Calls[Name]['reply']>;
type Notice<Name extends keyof Notices> = z.infer<Notices[Name]>;

/** Why a call got no usable reply: nobody answered in time, or what came was not a reply. */
export class IndexerCallError extends Error {
  readonly reason: 'unreachable' | 'malformed-reply';

  constructor(reason: 'unreachable' | 'malformed-reply') {
    super(`the Indexer call failed: ${reason}`);
    this.reason = reason;
  }
}

/** The page's one socket to the Indexer, shared by catalogue and play. WebSocket first; long-polling only where that fails. */
export class IndexerSocket {
  readonly #socket: Socket;
  #doorRefusal: Refusal | undefined;
  #malformedNotices = 0;

  /** `origin`: the Indexer's; by default the page's own. */
  constructor(origin = '') {
    this.#socket = io(origin + PLAYER_NAMESPACE, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      auth: { protocol: PROTOCOL_VERSION },
      reconnectionDelay: 300,
      reconnectionDelayMax: 5_000,
    });
    this.#socket.on('connect_error', (error: Error & { data?: unknown }) => {
      const data = Refusal.safeParse({ ok: false, ...(typeof error.data === 'object' ? error.data : {}) });
      if (data.success) this.#doorRefusal = data.data;
    });
    this.#socket.on('connect', () => {
      this.#doorRefusal = undefined;
    });
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /** Notices that did not parse and were dropped. */
  get malformedNotices(): number {
    return this.#malformedNotices;
  }

  /**
   * One request and its reply; a door that refuses this page (`protocol-version`) answers every call with that refusal.
   * Rejects with `IndexerCallError`. `timeoutMs` covers waiting for the connection too.
   */
  async call<Name extends CallName>(
    name: Name,
    request: CallRequest<Name>,
    timeoutMs: number,
  ): Promise<CallReply<Name>> {
    const startedMs = performance.now();
    const refusal = await this.#whenConnected(timeoutMs);
    if (refusal !== undefined) return refusal as CallReply<Name>;
    let reply: unknown;
    try {
      reply = await this.#socket
        .timeout(Math.max(1, timeoutMs - (performance.now() - startedMs)))
        .emitWithAck(name, request);
    } catch {
      throw new IndexerCallError('unreachable');
    }
    const parsed = playerCalls[name].reply.safeParse(reply);
    if (!parsed.success) throw new IndexerCallError('malformed-reply');
    return parsed.data as CallReply<Name>;
  }

  /** Sends without waiting for the reply: for a page that is going away. */
  tell<Name extends CallName>(name: Name, request: CallRequest<Name>): void {
    if (this.#socket.connected) this.#socket.emit(name, request, () => undefined);
  }

  /** Calls back with each well-formed notice of a name; returns the way to stop. */
  onNotice<Name extends keyof Notices>(name: Name, heard: (notice: Notice<Name>) => void): () => void {
    const listener = (raw: unknown) => {
      const parsed = playerNotices[name].safeParse(raw);
      if (parsed.success) heard(parsed.data as Notice<Name>);
      else this.#malformedNotices++;
    };
    this.#socket.on(name as string, listener);
    return () => this.#socket.off(name as string, listener);
  }

  /** Calls back when the socket connects and disconnects, until stopped by what it returns or by `signal`. */
  onConnection(heard: (connected: boolean) => void, signal?: AbortSignal): () => void {
    const onConnect = () => heard(true);
    const onDisconnect = () => heard(false);
    const stop = () => this.#socket.off('connect', onConnect).off('disconnect', onDisconnect);
    this.#socket.on('connect', onConnect).on('disconnect', onDisconnect);
    signal?.addEventListener('abort', stop, { once: true });
    return stop;
  }

  close(): void {
    this.#socket.close();
  }

  /** Resolves with the door's refusal, or with nothing once connected. Nothing is buffered: a late request is worse than none. */
  #whenConnected(timeoutMs: number): Promise<Refusal | undefined> {
    if (this.#socket.connected) return Promise.resolve(undefined);
    if (this.#doorRefusal !== undefined) return Promise.resolve(this.#doorRefusal);
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#socket.off('connect', onConnect).off('connect_error', onError);
        finish();
      };
      const onConnect = () => settle(() => resolve(undefined));
      const onError = () => {
        if (this.#doorRefusal !== undefined) settle(() => resolve(this.#doorRefusal));
      };
      const timer = setTimeout(() => settle(() => reject(new IndexerCallError('unreachable'))), timeoutMs);
      this.#socket.on('connect', onConnect).on('connect_error', onError);
    });
  }
}
