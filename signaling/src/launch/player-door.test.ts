import { once } from 'node:events';
import { MAX_SOCKET_MESSAGE_BYTES } from '@kilat/shared/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EdgePeer } from '../testing/edge-peer.ts';
import { eventually } from '../testing/eventually.ts';
import { LAUNCH, newCookie, PlayerPeer } from '../testing/player-peer.ts';
import { TemporaryIndexer } from '../testing/temporary-indexer.ts';

let indexer: TemporaryIndexer;
const peers: { close(): void }[] = [];

beforeAll(async () => {
  indexer = await TemporaryIndexer.start();
});
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});
afterAll(async () => await indexer.remove());

async function player(options: Parameters<typeof PlayerPeer.connect>[1] = {}): Promise<PlayerPeer> {
  const peer = await PlayerPeer.connect(indexer.url, options);
  peers.push(peer);
  return peer;
}
async function dropped(door: string, reason: string): Promise<number> {
  const text = await (await indexer.get('/metrics')).text();
  return Number(
    text.match(new RegExp(`kilat_messages_dropped_total\\{door="${door}",reason="${reason}"\\} (\\d+)`))?.[1] ?? 0,
  );
}

describe('the players’ door', () => {
  it('turns away a page of another release, and says why', async () => {
    for (const protocol of [0, 99, '1', undefined, { toString: 1 }]) {
      await expect(player({ protocol: protocol ?? null })).rejects.toMatchObject({
        data: { reason: 'protocol-version' },
      });
    }
  });

  it('turns away a page of another address', async () => {
    await expect(player({ origin: 'https://elsewhere.example' })).rejects.toThrow();
    await expect(player({ origin: 'null' })).rejects.toThrow();
    expect((await player({ origin: indexer.url })).socket.connected).toBe(true);
    expect(await dropped('http', 'foreign-origin')).toBeGreaterThan(0);
  });

  it('answers a malformed request with the field at fault, and the socket lives', async () => {
    const page = await player();
    expect(
      await page.call('launch', { ...LAUNCH, viewport: { width: 'wide', height: 1, pixelRatio: 1 } }),
    ).toMatchObject({
      ok: false,
      reason: 'bad-request',
      detail: expect.stringMatching(/^viewport\.width: /),
    });
    for (const odd of [null, 7, 'launch', [], { titleId: '../etc' }, undefined]) {
      expect(await page.call('launch', odd)).toMatchObject({ ok: false, reason: 'bad-request' });
    }
    const before = await dropped('player', 'unknown');
    page.socket.emit('no-such-call', { any: 'thing' });
    page.socket.emit('session', {});
    page.socket.emit('launch', LAUNCH);
    await eventually(async () => expect(await dropped('player', 'unknown')).toBe(before + 2));
    expect(await dropped('player', 'no-ack')).toBe(1);
    expect(page.socket.connected).toBe(true);
    expect(await page.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'no-edge' });
  });

  it('closes a socket that sends too large a message; the page comes back', async () => {
    const page = await player();
    const gone = once(page.socket as never, 'disconnect');
    page.socket.emit('launch', 'x'.repeat(MAX_SOCKET_MESSAGE_BYTES + 1));
    await gone;
    await once(page.socket as never, 'connect');
    expect(await page.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'no-edge' });
    expect(await dropped('player', 'oversized')).toBe(1);
  });

  it('slows down a page that asks too often', async () => {
    const page = await player();
    const replies = await Promise.all(Array.from({ length: 14 }, () => page.call('launch', LAUNCH)));
    const reasons = replies.map((reply) => (reply.ok ? 'ok' : reply.reason));
    expect(reasons.slice(0, 10)).toEqual(Array(10).fill('no-edge'));
    expect(reasons.slice(10)).toEqual(Array(4).fill('too-many'));
    expect(replies.at(-1)).toMatchObject({ retryAfterMs: expect.any(Number) });
  });

  it('slows down a player who opens more sockets instead', async () => {
    const cookie = await newCookie(indexer.url);
    const pages = await Promise.all(Array.from({ length: 4 }, () => player({ cookie })));
    const replies = await Promise.all(
      pages.flatMap((page) => Array.from({ length: 4 }, () => page.call('launch', LAUNCH))),
    );
    expect(replies.filter((reply) => !reply.ok && reply.reason === 'too-many')).toHaveLength(6);
  });

  it('knows a browser again by its cookie, and gives a forged one a new name', async () => {
    const cookie = await newCookie(indexer.url);
    const edge = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
    peers.push(edge);
    await edge.connect();
    for (const sent of [cookie, cookie, `${cookie}x`]) await (await player({ cookie: sent })).launch();
    const [first, second, forged] = edge.asked.map(({ playerId }) => playerId);
    expect(first).toBe(second);
    expect(forged).not.toBe(first);
  });

  it('tells everybody when availability changes, and nothing when it does not', async () => {
    const page = await player();
    const edge = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
    peers.push(edge);
    // Unlike the edges of the tests before: one that comes as the last one goes, and is like it, changes nothing.
    edge.slots = 3;
    edge.freeSlots = 3;
    await edge.connect();
    const stateOf = (of: PlayerPeer) =>
      of.catalogues.at(-1)?.titles.find(({ id }) => id === 'latency-probe')?.availability;
    await eventually(() => expect(stateOf(page)).toEqual({ state: 'ready', freeSlots: 3, warm: false }));
    const shown = (await (await indexer.get('/api/titles')).json()) as unknown;
    expect(shown).toEqual(page.catalogues.at(-1));
    const told = page.catalogues.length;
    edge.beat();
    edge.warm = edge.announcement().titles.map(({ titleId }) => titleId);
    edge.beat();
    await eventually(() => expect(stateOf(page)).toEqual({ state: 'ready', freeSlots: 3, warm: true }));
    expect(page.catalogues.length).toBe(told + 1);
    edge.close();
    await eventually(() => expect(stateOf(page)).toEqual({ state: 'no-edge' }));
  });
});
