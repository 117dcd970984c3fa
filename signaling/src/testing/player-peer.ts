import { type playerCalls, playerNotices, type SessionOffer } from '@kilat/shared/launch/messages';
import { PLAYER_NAMESPACE, PROTOCOL_VERSION } from '@kilat/shared/protocol';
import type { QualityRecord } from '@kilat/shared/latency/quality';
import type { SessionEvent } from '@kilat/shared/session/life';
import type { Catalogue } from '@kilat/shared/title/catalogue';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import { TITLE } from './edge-peer.ts';
import { MEDIA_REQUEST } from './media.ts';

type Calls = typeof playerCalls;

/** What a page sends to launch the peers' title. */
export const LAUNCH = {
  titleId: TITLE as string,
  media: MEDIA_REQUEST,
  viewport: { width: 1280, height: 720, pixelRatio: 1 },
  inputDevices: ['keyboard', 'mouse'] as ('keyboard' | 'mouse')[],
};

/** What a page reports of one window. */
export const qualityRecord = (window: number): QualityRecord => ({
  window,
  startedAtMs: Date.now(),
  durationMs: 10_000,
  measure: 'photon',
  inputs: { sent: 3, matched: 3, unmatched: 0 },
  latencyMs: { n: 3, p50: 14, p95: 19, p99: 20, max: 20 },
  stagesMs: {},
  clockUncertaintyMs: 0.2,
  roundTripMs: 1,
  framesPerSecond: 60,
  videoKbps: 8000,
  packetsLostPercent: 0,
  jitterBufferMs: 1,
  decodeMs: 1,
  audioJitterBufferMs: null,
  freezes: 0,
  framesDropped: 0,
});

/** A page as the Indexer sees it. */
export class PlayerPeer {
  readonly socket: Socket;
  /** Events of sessions it was told, in order. */
  readonly heard: SessionEvent[] = [];
  readonly catalogues: Catalogue[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('session', (notice: unknown) => this.heard.push(playerNotices.session.parse(notice).event));
    socket.on('catalogue', (notice: unknown) => this.catalogues.push(playerNotices.catalogue.parse(notice)));
  }

  static async connect(
    url: string,
    options: { cookie?: string; protocol?: unknown; origin?: string } = {},
  ): Promise<PlayerPeer> {
    const { cookie, protocol = PROTOCOL_VERSION, origin } = options;
    const extraHeaders = { ...(cookie === undefined ? {} : { cookie }), ...(origin === undefined ? {} : { origin }) };
    const socket = io(url + PLAYER_NAMESPACE, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
      auth: { protocol },
      extraHeaders,
    });
    const peer = new PlayerPeer(socket);
    await new Promise<void>((resolve, reject) => {
      const refused = (error: Error): void => {
        socket.close();
        reject(error);
      };
      socket.once('connect_error', refused);
      socket.once('connect', () => {
        socket.off('connect_error', refused);
        resolve();
      });
    });
    return peer;
  }

  /** Sends a request as it is; the reply is not checked. */
  async call<Name extends keyof Calls>(name: Name, request: unknown): Promise<z.output<Calls[Name]['reply']>> {
    return (await this.socket.timeout(10_000).emitWithAck(name, request)) as z.output<Calls[Name]['reply']>;
  }

  /** Launches the peers' title, which must succeed. */
  async launch(): Promise<SessionOffer> {
    const reply = await this.call('launch', LAUNCH);
    if (!reply.ok) throw new Error(`the launch was refused: ${reply.reason} ${reply.detail ?? ''}`);
    return reply;
  }

  close(): void {
    this.socket.close();
  }
}

/** A cookie as a browser gets it with its first page or handshake. */
export async function newCookie(url: string): Promise<string> {
  const response = await fetch(new URL('/socket.io/?EIO=4&transport=polling', url));
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error('no cookie was given');
  return cookie;
}
