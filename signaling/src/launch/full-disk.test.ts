import { join } from 'node:path';
import { expect, it } from 'vitest';
import { EdgePeer } from '../testing/edge-peer.ts';
import { eventually } from '../testing/eventually.ts';
import { LAUNCH, PlayerPeer } from '../testing/player-peer.ts';
import { SmallDisk } from '../testing/small-disk.ts';
import { TemporaryIndexer } from '../testing/temporary-indexer.ts';

const disk = await SmallDisk.mount(160);

it.skipIf(disk === undefined)(
  'a full disk refuses launches and loses no event (needs root to mount one)',
  { timeout: 60_000 },
  async () => {
    if (disk === undefined) return;
    const indexer = await TemporaryIndexer.start(undefined, join(disk.folder, 'data'));
    const edge = new EdgePeer(() => indexer.url, await indexer.enrolmentToken());
    const page = await PlayerPeer.connect(indexer.url);
    // A launch of its own player would take the place of a session that nobody has played yet.
    const other = await PlayerPeer.connect(indexer.url);
    try {
      await edge.connect();
      const { sessionId, resumeToken } = await page.launch();
      await edge.report(sessionId, { type: 'reserved', edgeId: edge.edgeId, warmth: 'cold' });

      await disk.fill(8 * 2 ** 20);
      await eventually(async () =>
        expect(await other.call('launch', LAUNCH)).toMatchObject({ ok: false, reason: 'indexer-trouble' }),
      );
      const health = await indexer.get('/healthz');
      expect(health.status).toBe(503);
      expect(await health.json()).toMatchObject({ ok: false, detail: expect.stringContaining('MiB left') });
      const playing = [{ n: 2, atMs: Date.now(), event: { type: 'playing' } as const }];
      await expect(edge.send(sessionId, playing)).rejects.toThrow('timed out');
      expect((await indexer.get('/')).status).toBe(503);

      await disk.makeRoom();
      await eventually(async () => expect((await indexer.get('/healthz')).status).toBe(200));
      expect(await edge.send(sessionId, playing)).toBe(2);
      await page.call('watch', { sessionId, resumeToken });
      expect(page.heard.map(({ type }) => type)).toContain('playing');
      expect(await other.call('launch', LAUNCH)).toMatchObject({ ok: true });
    } finally {
      page.close();
      other.close();
      edge.close();
      await indexer.remove();
      await disk.remove();
    }
  },
);
