import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TemporaryIndexer } from '../testing/temporary-indexer.ts';

let indexer: TemporaryIndexer;
beforeAll(async () => {
  indexer = await TemporaryIndexer.start();
});
afterAll(async () => await indexer.remove());

/** A request with headers that `fetch` does not let one set. */
async function askAs(headers: Record<string, string>, path: string): Promise<{ status: number; text: string }> {
  const request = get(new URL(path, indexer.url), { headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: (await response.toArray()).join('') };
}

describe('the player’s page', () => {
  it('is asked for in words before it is built, then served at every address of the catalogue', async () => {
    const early = await indexer.get('/');
    expect(early.status).toBe(503);
    expect(await early.text()).toContain('npm start');
    await mkdir(join(indexer.config.playerFolder, 'assets'), { recursive: true });
    await writeFile(join(indexer.config.playerFolder, 'index.html'), '<title>Kilat</title>');
    await writeFile(join(indexer.config.playerFolder, 'assets', 'index-1234.js'), 'void 0;');
    for (const path of ['/', '/play/freedoom', '/play/no-such-title?from=link']) {
      const page = await indexer.get(path);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<title>Kilat</title>');
      expect(page.headers.get('set-cookie')).toMatch(/^kilat_player=.*HttpOnly; SameSite=Lax$/);
      expect(page.headers.get('cache-control')).toBe('no-cache');
      expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    }
    const cookie = (await indexer.get('/')).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await indexer.get('/', cookie)).headers.get('set-cookie')).toBeNull();
    const asset = await indexer.get('/assets/index-1234.js');
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('shows a person who followed a wrong link the page, and a program a line', async () => {
    const wrong = await askAs({ accept: 'text/html,*/*;q=0.8' }, '/nope/x');
    expect(wrong.status).toBe(404);
    expect(wrong.text).toContain('<title>Kilat</title>');
    const missing = await askAs({ accept: '*/*' }, '/assets/none.js');
    expect(missing.status).toBe(404);
    expect(missing.text).toContain('nothing at this address');
  });

  it('does not reach outside its folder', async () => {
    for (const path of [
      '/..%2f..%2fetc/passwd',
      '/assets/..%2f..%2findexer/secret',
      '/%2e%2e/indexer/secret',
      '/covers/..%2fpackage.json',
    ]) {
      expect([400, 403, 404]).toContain((await indexer.get(path)).status);
    }
  });
});

describe('the interface', () => {
  it('lists titles, shows their covers, and answers in JSON what is not there', async () => {
    const { titles } = (await (await indexer.get('/api/titles')).json()) as {
      titles: { id: string; coverUrl: string }[];
    };
    expect(titles.map(({ id }) => id)).toContain('freedoom');
    const cover = await indexer.get(titles.find(({ id }) => id === 'freedoom')?.coverUrl ?? '');
    expect(cover.headers.get('content-type')).toMatch(/^image\//);
    for (const path of ['/api/nothing', '/api/sessions/nonsense']) {
      const answer = await indexer.get(path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ error: 'not-found' });
    }
    expect((await indexer.get('/nothing')).status).toBe(404);
  });

  it('refuses malformed and oversized requests in JSON', async () => {
    const malformed = await indexer.get('/api/%E0%A4%A');
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ error: 'bad-request' });
    const link = new URL('/play/%E0%A4%A', indexer.url);
    const person = await fetch(link, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect([person.status, person.headers.get('location')]).toEqual([302, '/nothing-here']);
    const large = await fetch(new URL('/api/titles', indexer.url), { method: 'POST', body: 'x'.repeat(1_000_000) });
    expect([404, 413, 415]).toContain(large.status);
  });

  it('answers to its own names alone, and says how to give it another', async () => {
    const foreign = await askAs({ host: 'evil.example' }, '/api/titles');
    expect(foreign.status).toBe(421);
    expect(foreign.text).toContain('evil.example');
    expect(foreign.text).toContain('KILAT_PUBLIC_URL');
    expect((await askAs({ host: 'evil.example' }, '/socket.io/?EIO=4&transport=polling')).status).toBe(403);
    expect((await askAs({ host: 'localhost:1' }, '/api/titles')).status).toBe(200);
    // Whoever watches a container may know it by any name.
    expect((await askAs({ host: 'indexer' }, '/healthz')).status).toBe(200);
  });

  it('shows its figures to this machine, not through a proxy', async () => {
    expect((await askAs({}, '/metrics')).status).toBe(200);
    for (const header of ['x-forwarded-for', 'forwarded', 'x-forwarded-proto']) {
      const proxied = await askAs({ [header]: 'http' }, '/metrics');
      expect(proxied.status).toBe(403);
      expect(proxied.text).toContain('KILAT_METRICS_PUBLIC');
    }
  });

  it('reports its health and figures', async () => {
    expect(await (await indexer.get('/healthz')).json()).toEqual({ ok: true, edges: 0, sessions: 0 });
    const metrics = await indexer.get('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toContain('kilat_store_failing 0');
  });
});
