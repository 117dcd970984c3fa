import { afterEach, beforeAll, afterAll, describe, expect, it, vi } from 'vitest';
import { LaunchReply } from '@kilat/shared/launch/messages';
import type { SessionRecord } from '@kilat/shared/session/record';
import { EdgePeer } from '../testing/edge-peer.ts';
import { eventually } from '../testing/eventually.ts';
import { MEDIA_OFFER } from '../testing/media.ts';
import { LAUNCH, newCookie, PlayerPeer, qualityRecord } from '../testing/player-peer.ts';
import { TemporaryIndexer } from '../testing/temporary-indexer.ts';

let indexer: TemporaryIndexer;
const peers: { close(): void }[] = [];

beforeAll(async () => {
  indexer = await TemporaryIndexer.start();
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.close();
  await eventually(async () => expect(await (await indexer.get('/healthz')).json()).toMatchObject({ edges: 0 }));
});
afterAll(async () => await indexer.remove());

async function edge(change: (edge: EdgePeer) => void = () => undefined): Promise<EdgePeer> {
  const peer = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
  change(peer);
  peers.push(peer);
  expect(await peer.connect()).toEqual({ ok: true });
  return peer;
}

async function player(cookie?: string): Promise<PlayerPeer> {
  const peer = await PlayerPeer.connect(indexer.url, cookie === undefined ? {} : { cookie });
  peers.push(peer);
  return peer;
}

describe('a launch', () => {
  it('is one request and one reply; what happens then is told', async () => {
    const host = await edge();
    const page = await player();
    const sent = vi.fn();
    page.socket.onAnyOutgoing(sent);
    const reply = LaunchReply.parse(await page.call('launch', LAUNCH));
    expect(reply).toMatchObject({
      ok: true,
      titleId: 'latency-probe',
      probe: true,
      mouse: 'absolute',
      display: { width: 1280, height: 720, fps: 60 },
      holdMs: 90_000,
      edge: { edgeId: host.edgeId, region: 'here', warmth: 'cold' },
      media: MEDIA_OFFER,
    });
    expect(sent).toHaveBeenCalledTimes(1);
    if (!reply.ok) return;
    expect(host.asked).toHaveLength(1);
    expect(host.asked[0]).toMatchObject({ sessionId: reply.sessionId, media: LAUNCH.media });
    await host.play(reply.sessionId);
    await eventually(() => expect(page.heard.map(({ type }) => type)).toEqual(['reserved', 'stage', 'playing']));
  });

  it('goes to the next candidate when an edge refuses', async () => {
    const refusing = await edge((peer) => {
      peer.freeSlots = 5;
      peer.reserve = () => ({ ok: false, reason: 'full' });
    });
    const taking = await edge();
    const page = await player();
    const offer = await page.launch();
    expect(refusing.asked).toHaveLength(1);
    expect(offer.edge.edgeId).toBe(taking.edgeId);
  });

  it('goes to the next candidate 300 ms after asking a silent one, and ends what that one accepts late', async () => {
    let acceptLate: (answer: unknown) => void = () => undefined;
    const silent = await edge((peer) => {
      peer.freeSlots = 5;
      peer.reserve = () => new Promise((resolve) => (acceptLate = resolve));
    });
    const taking = await edge();
    const page = await player();
    const startedMs = performance.now();
    const offer = await page.launch();
    const tookMs = performance.now() - startedMs;
    expect(offer.edge.edgeId).toBe(taking.edgeId);
    expect(tookMs).toBeGreaterThan(295);
    expect(tookMs).toBeLessThan(600);
    acceptLate({ ok: true, warmth: 'cold', media: MEDIA_OFFER });
    await eventually(() => expect(silent.toldToEnd).toMatchObject([{ sessionId: offer.sessionId }]));
    expect(taking.toldToEnd).toEqual([]);
  });

  it('takes nothing that an edge reports which answers too late, and leaves the next one’s session alone', async () => {
    let acceptLate: (answer: unknown) => void = () => undefined;
    const late = await edge((peer) => {
      peer.freeSlots = 5;
      peer.reserve = ({ sessionId }) => {
        void peer
          .report(
            sessionId,
            { type: 'reserved', edgeId: peer.edgeId, warmth: 'title' },
            { type: 'stage', stage: 'display', sinceReserveMs: 1 },
          )
          .catch(() => undefined);
        return new Promise((resolve) => (acceptLate = resolve));
      };
    });
    const taking = await edge();
    const cookie = await newCookie(indexer.url);
    const page = await player(cookie);
    const { sessionId } = await page.launch();
    await taking.play(sessionId);
    acceptLate({ ok: true, warmth: 'title', media: MEDIA_OFFER });
    await eventually(() => expect(late.toldToEnd.length).toBeGreaterThan(0));
    await late.report(sessionId, { type: 'ended', reason: 'left', meteredSeconds: 0 });
    const { events } = (await (await indexer.get(`/api/sessions/${sessionId}`, cookie)).json()) as SessionRecord;
    expect(events.map(({ source, event }) => [source, event.type])).toEqual([
      ['indexer', 'requested'],
      ['indexer', 'refused'],
      ['edge', 'reserved'],
      ['edge', 'stage'],
      ['edge', 'playing'],
    ]);
    expect(events[2]?.event).toMatchObject({ edgeId: taking.edgeId });
    expect(taking.toldToEnd).toEqual([]);
  });

  it('says that the edge is gone when every candidate stays silent', async () => {
    await edge((peer) => (peer.reserve = () => new Promise(() => undefined)));
    await edge((peer) => (peer.reserve = () => new Promise(() => undefined)));
    const page = await player();
    const startedMs = performance.now();
    expect(await page.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'edge-gone' });
    expect(performance.now() - startedMs).toBeLessThan(3_500);
  });

  it('does not wait for an edge that vanishes while it is asked', async () => {
    await edge((peer) => (peer.reserve = () => peer.close()));
    const page = await player();
    expect(await page.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'edge-gone' });
  });

  it('treats an answer that makes no sense as a refusal and frees the slot', async () => {
    const odd = await edge((peer) => {
      peer.freeSlots = 5;
      peer.reserve = () => ({ ok: true, warmth: 'tepid' });
    });
    const taking = await edge();
    const offer = await (await player()).launch();
    expect(offer.edge.edgeId).toBe(taking.edgeId);
    await eventually(() => expect(odd.toldToEnd).toHaveLength(1));
  });

  it('is refused for each reason in its own words', async () => {
    const page = await player();
    expect(await page.call('launch', { ...LAUNCH, titleId: 'no-such-title' })).toMatchObject({
      ok: false,
      reason: 'unknown-title',
    });
    expect(await page.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'no-edge' });
    const [audio] = LAUNCH.media.rtpCapabilities.codecs;
    const deaf = { ...LAUNCH, media: { ...LAUNCH.media, rtpCapabilities: { codecs: [audio], headerExtensions: [] } } };
    expect(await page.call('launch', deaf)).toMatchObject({ ok: false, reason: 'no-h264' });
    const host = await edge((peer) => (peer.installed = false));
    expect(await page.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'not-installed' });
    host.installed = true;
    await host.socket.emitWithAck('announce', host.announcement());
    host.freeSlots = 0;
    host.beat();
    await eventually(async () =>
      expect(await page.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'all-full' }),
    );
    expect(host.asked).toEqual([]);
  });

  it('ends the session the player left waiting, and takes its slot', async () => {
    const host = await edge((peer) => {
      peer.slots = 1;
      peer.freeSlots = 1;
    });
    const cookie = await newCookie(indexer.url);
    const first = await player(cookie);
    const held = await first.launch();
    await host.play(held.sessionId);
    await host.report(held.sessionId, { type: 'held', untilMs: Date.now() + 60_000, cause: 'player-silent' });
    host.freeSlots = 0;
    host.beat();
    const second = await player(cookie);
    const offer = await second.launch();
    expect(host.toldToEnd).toMatchObject([{ sessionId: held.sessionId, reason: 'replaced' }]);
    expect(offer.sessionId).not.toBe(held.sessionId);
  });

  describe('of a player whose only slot is taken by a session of their own', () => {
    const fill = async (cookie: string) => {
      const host = await edge((peer) => (peer.slots = peer.freeSlots = 1));
      const page = await player(cookie);
      const { sessionId } = await page.launch();
      await host.play(sessionId);
      host.freeSlots = 0;
      host.beat();
      await eventually(async () =>
        expect(await (await indexer.get('/metrics')).text()).toContain('kilat_free_slots 0'),
      );
      return { host, page, sessionId };
    };

    it('waits a moment for a tab that was closed to be found gone, and takes its slot', async () => {
      const cookie = await newCookie(indexer.url);
      const { host, page, sessionId } = await fill(cookie);
      page.close();
      const next = await player(cookie);
      await eventually(async () => expect(await (await indexer.get('/metrics')).text()).toContain('kilat_players 1'));
      const launched = next.call('launch', LAUNCH);
      await host.report(sessionId, { type: 'held', untilMs: Date.now() + 60_000, cause: 'player-silent' });
      expect(await launched).toMatchObject({ ok: true });
      expect(host.toldToEnd).toMatchObject([{ sessionId, reason: 'replaced' }]);
    });

    it('is refused at once while another tab is playing', async () => {
      const cookie = await newCookie(indexer.url);
      const { host } = await fill(cookie);
      const startedMs = performance.now();
      const answer = await (await player(cookie)).call('launch', LAUNCH);
      expect(answer).toMatchObject({ ok: false, reason: 'all-full' });
      expect('detail' in answer && answer.detail).toMatch(
        /^One of the seats is your own: you play .+ in another tab\.$/,
      );
      expect(performance.now() - startedMs).toBeLessThan(2_000);
      expect(host.toldToEnd).toEqual([]);
    });
  });

  it('ends the session of its player that was never played', async () => {
    const host = await edge((peer) => (peer.slots = 9));
    const cookie = await newCookie(indexer.url);
    const page = await player(cookie);
    const first = await page.launch();
    await host.report(first.sessionId, { type: 'reserved', edgeId: host.edgeId, warmth: 'cold' });
    const second = await page.launch();
    expect(host.toldToEnd).toMatchObject([{ sessionId: first.sessionId, reason: 'replaced' }]);
    await eventually(() => expect(page.heard.at(-1)).toMatchObject({ type: 'ended', reason: 'replaced' }));
    // Also one whose edge has not even answered yet.
    let answerThird: (answer: unknown) => void = () => undefined;
    host.reserve = () => new Promise((resolve) => (answerThird = resolve));
    const third = page.call('launch', LAUNCH);
    await eventually(() => expect(host.asked).toHaveLength(3));
    host.reserve = () => ({ ok: true, warmth: 'cold', media: MEDIA_OFFER });
    await (await player(cookie)).launch();
    answerThird({ ok: true, warmth: 'cold', media: MEDIA_OFFER });
    expect(await third).toMatchObject({ ok: false, reason: 'session-ended', detail: 'replaced' });
    await eventually(() =>
      expect(host.toldToEnd.map(({ sessionId }) => sessionId)).toEqual([
        first.sessionId,
        second.sessionId,
        host.asked[2]?.sessionId,
      ]),
    );
  });

  it('leaves two games that are played alone, and refuses a third', async () => {
    const host = await edge((peer) => (peer.slots = peer.freeSlots = 9));
    const cookie = await newCookie(indexer.url);
    const tabs = [await player(cookie), await player(cookie), await player(cookie)] as const;
    const first = await tabs[0].launch();
    await host.play(first.sessionId);
    await host.play((await tabs[1].launch()).sessionId);
    expect(await tabs[2].call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'too-many-sessions' });
    expect(host.toldToEnd).toEqual([]);
    expect(await (await player()).call('launch', LAUNCH)).toMatchObject({ ok: true });
    await tabs[0].call('leave', { sessionId: first.sessionId, resumeToken: first.resumeToken });
    expect(await tabs[2].call('launch', LAUNCH)).toMatchObject({ ok: true });
  });

  it('gives the slot back when the page is gone before the reply', async () => {
    const host = await edge();
    const page = await player();
    host.reserve = async () => {
      page.close();
      await eventually(async () => {
        const text = await (await indexer.get('/metrics')).text();
        expect(text).toContain('kilat_players 0');
      });
      return { ok: true, warmth: 'cold', media: MEDIA_OFFER };
    };
    page.socket.emit('launch', LAUNCH, () => undefined);
    await eventually(() => expect(host.toldToEnd).toMatchObject([{ reason: 'left' }]));
  });
});

describe('a session of one’s own', () => {
  it('reports no window that the store has no room for, and nobody else notices', async () => {
    await edge();
    const page = await player();
    const { sessionId, resumeToken } = await page.launch();
    const poison = { sessionId, resumeToken, record: qualityRecord(2 ** 31) };
    expect(await page.call('quality', poison)).toMatchObject({
      ok: false,
      reason: 'bad-request',
      detail: expect.stringContaining('record.window'),
    });
    expect(await (await indexer.get('/healthz')).json()).toMatchObject({ ok: true });
    expect(await (await player()).call('launch', LAUNCH)).toMatchObject({ ok: true });
  });

  it('is resumed with its token, watched, left, and closed to others', async () => {
    const host = await edge();
    const page = await player();
    const { sessionId, resumeToken } = await page.launch();
    await host.play(sessionId);
    const reloaded = await player();
    const resumed = await reloaded.call('resume', { sessionId, resumeToken, media: LAUNCH.media });
    expect(resumed).toMatchObject({ ok: true, sessionId, edge: { warmth: 'title' } });
    expect(await reloaded.call('watch', { sessionId, resumeToken })).toEqual({ ok: true });
    expect(reloaded.heard.map(({ type }) => type)).toEqual(['requested', 'reserved', 'stage', 'playing']);

    const other = await (await player()).launch();
    const stolen = { sessionId, resumeToken: other.resumeToken };
    expect(await reloaded.call('leave', stolen)).toMatchObject({ ok: false, reason: 'not-yours' });
    expect(await reloaded.call('watch', { sessionId, resumeToken: 'no token' })).toMatchObject({
      ok: false,
      reason: 'not-yours',
    });

    expect(await reloaded.call('leave', { sessionId, resumeToken })).toEqual({ ok: true });
    await eventually(() => expect(reloaded.heard.at(-1)).toEqual({ type: 'ended', reason: 'left', meteredSeconds: 7 }));
    expect(await reloaded.call('resume', { sessionId, resumeToken, media: LAUNCH.media })).toMatchObject({
      ok: false,
      reason: 'session-ended',
    });
  });

  it('takes what a page had to keep for long in one go, and its leave whatever it has asked before', async () => {
    const host = await edge();
    const cookie = await newCookie(indexer.url);
    const page = await player(cookie);
    const { sessionId, resumeToken } = await page.launch();
    await host.play(sessionId);
    const own = { sessionId, resumeToken };
    const records = Array.from({ length: 30 }, (_, window) => qualityRecord(window));
    expect(await page.call('quality', { ...own, records })).toEqual({ ok: true });
    expect(await page.call('quality', { ...own, records: [...records, qualityRecord(30)] })).toEqual({ ok: true });
    const shown = (await (await indexer.get(`/api/sessions/${sessionId}`, cookie)).json()) as SessionRecord;
    expect(shown.quality.map(({ window }) => window)).toEqual(Array.from({ length: 31 }, (_, window) => window));
    for (const malformed of [{}, { records: [] }, { records, record: records[0] }]) {
      expect(await page.call('quality', { ...own, ...malformed })).toMatchObject({ ok: false, reason: 'bad-request' });
    }
    const flood = Array.from({ length: 50 }, () => page.call('quality', { ...own, record: records[0] }));
    expect((await Promise.all(flood)).at(-1)).toMatchObject({ reason: 'too-many', retryAfterMs: expect.any(Number) });
    expect(await page.call('leave', own)).toEqual({ ok: true });
    expect(host.toldToEnd).toMatchObject([{ sessionId, reason: 'left' }]);
  });

  it('keeps each quality window once and shows them, with the events, to its player alone', async () => {
    const host = await edge();
    const cookie = await newCookie(indexer.url);
    const page = await player(cookie);
    const { sessionId, resumeToken } = await page.launch();
    await host.play(sessionId);
    const record = qualityRecord(0);
    expect(await page.call('quality', { sessionId, resumeToken, record })).toEqual({ ok: true });
    expect(await page.call('quality', { sessionId, resumeToken, record: { ...record, videoKbps: 1 } })).toEqual({
      ok: true,
    });
    const shown = await indexer.get(`/api/sessions/${sessionId}`, cookie);
    expect(await shown.json()).toMatchObject({
      sessionId,
      titleName: 'Latency probe',
      events: [{ source: 'indexer', event: { type: 'requested' } }, { source: 'edge', n: 1 }, { n: 2 }, { n: 3 }],
      quality: [record],
    });
    expect((await indexer.get(`/api/sessions/${sessionId}`)).status).toBe(404);
    expect((await indexer.get(`/api/sessions/${sessionId}`, await newCookie(indexer.url))).status).toBe(404);
  });
});
