import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EdgePeer } from '../testing/edge-peer.ts';
import { eventually } from '../testing/eventually.ts';
import { TemporaryIndexer } from '../testing/temporary-indexer.ts';

let indexer: TemporaryIndexer;
const peers: EdgePeer[] = [];

beforeAll(async () => {
  indexer = await TemporaryIndexer.start();
});
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});
afterAll(async () => await indexer.remove());

function edge(token?: string): EdgePeer {
  const peer = new EdgePeer(() => indexer.url, token);
  peers.push(peer);
  return peer;
}

describe('the edges’ door', () => {
  it('lets a new edge in with a token, once, and the same edge again without', async () => {
    const token = await indexer.enrolmentToken();
    const first = edge(token);
    expect(await first.connect()).toEqual({ ok: true });
    expect(await edge(token).connect()).toEqual({ ok: false, reason: 'token-used' });
    first.close();
    first.token = undefined;
    expect(await first.connect()).toEqual({ ok: true });
    first.close();
    await indexer.stop();
    await indexer.startAgain();
    expect(await first.connect()).toEqual({ ok: true });
    expect(await edge(token).connect()).toEqual({ ok: false, reason: 'token-used' });
  });

  it('refuses an unknown key without a token, or with one that is not ours', async () => {
    expect(await edge().connect()).toEqual({ ok: false, reason: 'not-enrolled' });
    const [header, payload] = (await indexer.enrolmentToken()).split('.');
    for (const token of ['nonsense', `${header}.${payload}.AAAA`]) {
      expect(await edge(token).connect()).toEqual({ ok: false, reason: 'token-invalid' });
    }
  });

  it('refuses a signature over anything but this challenge', async () => {
    const peer = edge(await indexer.enrolmentToken());
    peer.signedText = () => 'kilat-edge-v1:another nonce';
    expect(await peer.connect()).toEqual({ ok: false, reason: 'wrong-signature' });
    await peer.disconnected();
    expect(await (await indexer.get('/healthz')).json()).toMatchObject({ edges: 0 });
  });

  it('refuses an edge of another release', async () => {
    const peer = edge(await indexer.enrolmentToken());
    peer.protocol = 99;
    expect(await peer.connect()).toEqual({ ok: false, reason: 'protocol-version' });
  });

  it('sends away an edge without a heartbeat', { timeout: 10_000 }, async () => {
    const peer = edge(await indexer.enrolmentToken());
    await peer.connect();
    const reason = new Promise((resolve) => peer.socket.once('refused', resolve));
    peer.fallSilent();
    expect(await reason).toMatchObject({ reason: 'edge-silent' });
    await peer.disconnected();
  });

  it('lets the newer connection of a key replace the older one', async () => {
    const peer = edge(await indexer.enrolmentToken());
    await peer.connect();
    const older = peer.socket;
    peer.fallSilent();
    const reason = new Promise((resolve) => older.once('refused', resolve));
    await peer.connect();
    expect(await reason).toMatchObject({ reason: 'replaced' });
    expect(await (await indexer.get('/healthz')).json()).toMatchObject({ edges: 1 });
  });

  it('drops and counts what is malformed, and keeps the socket', async () => {
    const peer = edge(await indexer.enrolmentToken());
    await peer.connect();
    peer.socket.emit('heartbeat', { freeSlots: -1 });
    peer.socket.emit('events', { sessionId: 'nonsense', events: [] }, () => undefined);
    peer.socket.emit('announce', 'nonsense', () => undefined);
    await eventually(async () => {
      expect(await (await indexer.get('/metrics')).text()).toContain(
        'kilat_messages_dropped_total{door="edge",reason="malformed"} 3',
      );
    });
    expect(peer.socket.connected).toBe(true);
  });
});
