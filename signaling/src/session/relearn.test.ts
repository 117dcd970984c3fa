import { newPlayerId, newSessionId } from '@kilat/shared/ids';
import type { SessionRecord } from '@kilat/shared/session/record';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgePeer, TITLE } from '../testing/edge-peer.ts';
import { eventually } from '../testing/eventually.ts';
import { LAUNCH, newCookie, PlayerPeer } from '../testing/player-peer.ts';
import { SHORT_TIMINGS, TemporaryIndexer } from '../testing/temporary-indexer.ts';

let indexer: TemporaryIndexer;
let edge: EdgePeer;
let page: PlayerPeer;
let cookie: string;

beforeEach(async () => {
  indexer = await TemporaryIndexer.start(SHORT_TIMINGS);
  edge = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
  await edge.connect();
  cookie = await newCookie(indexer.url);
  page = await PlayerPeer.connect(indexer.url, { cookie });
});
afterEach(async () => {
  page.close();
  edge.close();
  await indexer.remove();
});

async function playing() {
  const offer = await page.launch();
  await edge.play(offer.sessionId);
  edge.sessions = [
    {
      sessionId: offer.sessionId,
      playerId: edge.asked.at(-1)?.playerId ?? newPlayerId(),
      titleId: TITLE,
      state: 'playing',
    },
  ];
  return offer;
}
const heardLast = (): unknown => page.heard.at(-1);
async function typesOf(sessionId: string): Promise<string[]> {
  const record = (await (await indexer.get(`/api/sessions/${sessionId}`, cookie)).json()) as SessionRecord;
  return record.events.map(({ event }) => event.type);
}

describe('while the Indexer is away', () => {
  it('a session goes on: its edge brings it back, and it can be resumed, watched and ended', async () => {
    const { sessionId, resumeToken } = await playing();
    await indexer.stop();
    await edge.disconnected();
    await indexer.startAgain();
    await edge.connect();
    await eventually(() => expect(page.socket.connected).toBe(true));
    expect(await page.call('resume', { sessionId, resumeToken, media: LAUNCH.media })).toMatchObject({
      ok: true,
      sessionId,
    });
    page.heard.length = 0;
    await page.call('watch', { sessionId, resumeToken });
    // The edge was never silent: it was the Indexer that was away.
    expect(page.heard.map(({ type }) => type)).toEqual(['requested', 'reserved', 'stage', 'playing']);
    await new Promise((resolve) => setTimeout(resolve, SHORT_TIMINGS.edgeReturnMs * 1.5));
    expect(await (await indexer.get('/healthz')).json()).toMatchObject({ sessions: 1 });
    expect(await page.call('leave', { sessionId, resumeToken })).toEqual({ ok: true });
    await eventually(() => expect(heardLast()).toMatchObject({ type: 'ended', reason: 'left' }));
  });

  it('what its edge has to tell is told afterwards, even that it is over', async () => {
    const { sessionId } = await playing();
    await indexer.stop();
    edge.sessions = [];
    await indexer.startAgain();
    await edge.connect();
    await edge.report(sessionId, { type: 'ended', reason: 'title-exited', meteredSeconds: 42 });
    await eventually(async () => expect((await typesOf(sessionId)).at(-1)).toBe('ended'));
    await new Promise((resolve) => setTimeout(resolve, SHORT_TIMINGS.ownReportMs * 2));
    expect(await typesOf(sessionId)).toEqual(['requested', 'reserved', 'stage', 'playing', 'ended']);
  });

  it('a session whose edge does not return is over', async () => {
    const { sessionId } = await playing();
    edge.close();
    await eventually(() => expect(heardLast()).toEqual({ type: 'edge-silent' }));
    await indexer.stop();
    await indexer.startAgain();
    await eventually(async () => expect((await typesOf(sessionId)).at(-1)).toBe('ended'));
  });

  it('a session it has lost all record of is taken up from its edge', async () => {
    const sessionId = newSessionId();
    edge.close();
    edge.sessions = [{ sessionId, playerId: newPlayerId(), titleId: TITLE, state: 'playing' }];
    await edge.connect();
    await eventually(async () => expect(await (await indexer.get('/healthz')).json()).toMatchObject({ sessions: 1 }));
    expect(
      await edge.send(sessionId, [
        { n: 7, atMs: Date.now(), event: { type: 'ended', reason: 'left', meteredSeconds: 5 } },
      ]),
    ).toBe(7);
    expect(await (await indexer.get('/healthz')).json()).toMatchObject({ sessions: 0 });
  });
});

describe('an Indexer that has lost its records', () => {
  it('takes a session up before it acknowledges what the edge has to tell of it', async () => {
    edge.close();
    const [sessionId, playerId] = [newSessionId(), newPlayerId()];
    edge.sessions = [{ sessionId, playerId, titleId: TITLE, state: 'playing' }];
    const connected = edge.connect();
    const { events } = await new Promise<{ events: Promise<number> }>((resolve) => {
      // Right behind the announcement, as an edge's outbox does.
      edge.socket.onAnyOutgoing((name: string) => {
        if (name !== 'announce') return;
        edge.socket.offAnyOutgoing();
        const stage = { type: 'stage', stage: 'drawn', sinceReserveMs: 9 } as const;
        const ended = { type: 'ended', reason: 'title-exited', meteredSeconds: 5 } as const;
        const numbered = [stage, ended].map((event, index) => ({ n: 5 + index, atMs: index, event }));
        // Listeners hear of a packet before it goes out.
        queueMicrotask(() => resolve({ events: edge.send(sessionId, numbered) }));
      });
    });
    await connected;
    expect(await events).toBe(6);
    expect(await (await indexer.get('/metrics')).text()).toContain(
      'kilat_sessions_ended_total{reason="title-exited"} 1',
    );
  });
});

describe('a player who wants to go on', () => {
  it('waits for the edge to find a restarted Indexer again', async () => {
    await indexer.remove();
    indexer = await TemporaryIndexer.start({ ...SHORT_TIMINGS, edgeReturnMs: 10_000, resumeWaitMs: 5_000 });
    edge = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
    await edge.connect();
    page.close();
    cookie = await newCookie(indexer.url);
    page = await PlayerPeer.connect(indexer.url, { cookie });
    const { sessionId, resumeToken } = await playing();
    await indexer.stop();
    await edge.disconnected();
    await indexer.startAgain();
    const reloaded = await PlayerPeer.connect(indexer.url, { cookie });
    const resumed = reloaded.call('resume', { sessionId, resumeToken, media: LAUNCH.media });
    await reloaded.call('watch', { sessionId, resumeToken });
    await edge.connect();
    expect(await resumed).toMatchObject({ ok: true, sessionId });
    // And for one that was away itself.
    edge.close();
    await eventually(() => expect(reloaded.heard.at(-1)).toEqual({ type: 'edge-silent' }));
    const again = reloaded.call('resume', { sessionId, resumeToken, media: LAUNCH.media });
    await reloaded.call('watch', { sessionId, resumeToken });
    await edge.connect();
    expect(await again).toMatchObject({ ok: true, sessionId });
    reloaded.close();
  });
});

describe('while its edge is away', () => {
  it('a session is over at once when the edge returns knowing nothing of it, and not while it has something to tell', async () => {
    await indexer.stop();
    await indexer.startAgain({ edgeReturnMs: 60_000, ownReportMs: 60_000, resumeWaitMs: 300 });
    await eventually(() => expect(page.socket.connected).toBe(true));
    await edge.connect();
    const { sessionId } = await playing();
    edge.close();
    await eventually(() => expect(heardLast()).toEqual({ type: 'edge-silent' }));
    edge.sessions = [];
    edge.unreported = [sessionId];
    await edge.connect();
    edge.close();
    expect(heardLast()).not.toMatchObject({ type: 'ended' });
    edge.unreported = [];
    await edge.connect();
    await eventually(() => expect(heardLast()).toMatchObject({ type: 'ended', reason: 'edge-lost' }));
  });

  it('a session waits, and goes on when the edge returns with it', async () => {
    const { sessionId, resumeToken } = await playing();
    edge.close();
    await eventually(() => expect(heardLast()).toEqual({ type: 'edge-silent' }));
    expect(await page.call('resume', { sessionId, resumeToken, media: LAUNCH.media })).toMatchObject({
      ok: false,
      reason: 'edge-gone',
    });
    await edge.connect();
    await eventually(() => expect(heardLast()).toEqual({ type: 'edge-back' }));
    await new Promise((resolve) => setTimeout(resolve, SHORT_TIMINGS.edgeReturnMs * 1.5));
    expect(await page.call('resume', { sessionId, resumeToken, media: LAUNCH.media })).toMatchObject({ ok: true });
  });

  it('a session is given up in time, and the edge told so when it returns too late', async () => {
    const { sessionId } = await playing();
    edge.close();
    await eventually(() => expect(heardLast()).toMatchObject({ type: 'ended', reason: 'edge-lost' }));
    await edge.connect();
    await eventually(() => expect(edge.toldToEnd).toMatchObject([{ sessionId }]));
    // What the edge had metered is kept beside the verdict.
    await eventually(async () =>
      expect((await typesOf(sessionId)).slice(-3)).toEqual(['edge-silent', 'ended', 'ended']),
    );
  });

  it('a session that the edge returns without is given up at once', async () => {
    await playing();
    edge.close();
    edge.sessions = [];
    await eventually(() => expect(heardLast()).toEqual({ type: 'edge-silent' }));
    const startedMs = performance.now();
    await edge.connect();
    await eventually(() => expect(heardLast()).toMatchObject({ type: 'ended', reason: 'edge-lost' }));
    expect(performance.now() - startedMs).toBeLessThan(SHORT_TIMINGS.edgeReturnMs);
  });

  it('a player who wants to go on with a lost session is told that it was lost', async () => {
    const { sessionId, resumeToken } = await playing();
    edge.close();
    edge.sessions = [];
    edge.attach = () => ({ ok: false, reason: 'unknown-session' });
    await eventually(() => expect(heardLast()).toEqual({ type: 'edge-silent' }));
    await edge.connect();
    const resume = { sessionId, resumeToken, media: LAUNCH.media };
    const lost = { ok: false, reason: 'session-ended', detail: 'edge-lost' };
    expect(await page.call('resume', resume)).toMatchObject(lost);
    expect(await page.call('resume', resume)).toMatchObject(lost);
  });

  it('a player who wants to go on hears the reason that the edge itself gives', async () => {
    const { sessionId, resumeToken } = await playing();
    edge.attach = () => {
      edge.report(sessionId, { type: 'ended', reason: 'title-crashed', meteredSeconds: 3 }).catch(() => undefined);
      return { ok: false, reason: 'unknown-session' };
    };
    expect(await page.call('resume', { sessionId, resumeToken, media: LAUNCH.media })).toMatchObject({
      ok: false,
      reason: 'session-ended',
      detail: 'title-crashed',
    });
  });

  it('a session can be left all the same', async () => {
    const { sessionId, resumeToken } = await playing();
    edge.close();
    await eventually(() => expect(heardLast()).toEqual({ type: 'edge-silent' }));
    expect(await page.call('leave', { sessionId, resumeToken })).toEqual({ ok: true });
    await eventually(() => expect(heardLast()).toMatchObject({ type: 'ended', reason: 'left' }));
  });
});

describe('what an edge reports', () => {
  it('counts once however often it is repeated, and waits for what is missing', async () => {
    const { sessionId } = await page.launch();
    const at = { atMs: Date.now() };
    const reserved = { n: 1, ...at, event: { type: 'reserved', edgeId: edge.edgeId, warmth: 'cold' } as const };
    const playingNow = { n: 2, ...at, event: { type: 'playing' } as const };
    const held = { n: 3, ...at, event: { type: 'held', untilMs: Date.now() + 1000, cause: 'player-silent' } as const };
    expect(await edge.send(sessionId, [reserved])).toBe(1);
    expect(await edge.send(sessionId, [reserved])).toBe(1);
    expect(await edge.send(sessionId, [held])).toBe(1);
    const answers = await Promise.all([
      edge.send(sessionId, [reserved, playingNow]),
      edge.send(sessionId, [held, playingNow]),
    ]);
    expect(answers).toEqual([2, 3]);
    expect(await typesOf(sessionId)).toEqual(['requested', 'reserved', 'playing', 'held']);
    await eventually(() => expect(page.heard.map(({ type }) => type)).toEqual(['reserved', 'playing', 'held']));
  });

  it('cannot be another edge’s session, nor an event only the Indexer writes', async () => {
    const { sessionId } = await page.launch();
    await edge.play(sessionId);
    const stranger = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
    await stranger.connect();
    expect(await stranger.report(sessionId, { type: 'playing' })).toBe(1);
    await eventually(() => expect(stranger.toldToEnd).toMatchObject([{ sessionId }]));
    expect(await edge.report(sessionId, { type: 'edge-silent' })).toBe(4);
    expect(await typesOf(sessionId)).toEqual(['requested', 'reserved', 'stage', 'playing']);
    stranger.close();
  });
});
