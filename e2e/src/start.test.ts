import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { freePort } from '../../scripts/serve/free-port.mjs';
import { leftovers } from './leftovers.ts';
import { ProcessWatch } from './process-watch.ts';
import { until } from './until.ts';

const start = join(import.meta.dirname, '../../scripts/start.mjs');
const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function settings() {
  const data = await mkdtemp(join(tmpdir(), 'kilat-start-'));
  closers.push(() => rm(data, { recursive: true, force: true }));
  const [port, media, status] = [await freePort(), await freePort(), await freePort()];
  const env = {
    KILAT_DATA: data,
    KILAT_PORT: String(port),
    KILAT_EDGE_PORT: String(media),
    KILAT_EDGE_STATUS_PORT: String(status),
    KILAT_EDGE_SLOTS: '1',
  };
  return { ports: [port, media, status], env };
}

/** `npm start`, and everything it says. */
function npmStart(env: Record<string, string>) {
  const child = spawn(process.execPath, [start], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said.text += chunk.toString();
    });
  }
  closers.push(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return { child, ended, said };
}

test('starts, serves, survives a crash of each part, and stops without a trace', async () => {
  const { env, ports } = await settings();
  const { child, ended, said } = npmStart(env);
  const watch = new ProcessWatch(() => [child.pid ?? 0]);
  closers.push(async () => watch.stop());
  await until('the welcome', () => said.text.includes('Kilat is running'), 80_000).catch((error: Error) => {
    throw new Error(`${error.message}\n${said.text}`);
  });
  const url = /Open\s+(\S+)/.exec(said.text)?.[1] ?? '';
  const health = await fetch(`${url}healthz`).catch((error: Error) => error);
  expect(health, said.text).toMatchObject({ status: 200 });

  for (const program of ['edge-renderer/src/main.ts', 'signaling/src/main.ts']) {
    const [before] = watch.named(program);
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await until(`${program} again`, () => watch.named(program).some(({ pid }) => pid !== before?.pid));
  }
  const isReady = async () => {
    const answer = await fetch(`${url}api/titles`).catch(() => undefined);
    return answer?.ok === true && (await answer.text()).includes('"ready"');
  };
  await until('an edge that is back', isReady, 40_000);

  const edgePids = watch.everSeen
    .filter(({ command }) => command.includes('edge-renderer/src/main.ts'))
    .map(({ pid }) => pid);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(await leftovers(watch, edgePids, ports)).toEqual([]);
});

test('stops its programs when it is killed itself', async () => {
  const { env } = await settings();
  const { child, said } = npmStart(env);
  const watch = new ProcessWatch(() => [child.pid ?? 0]);
  closers.push(async () => watch.stop());
  await until('the welcome', () => said.text.includes('Kilat is running'), 80_000);
  watch.look();
  child.kill('SIGKILL');
  await vi.waitFor(() => expect(watch.survivors()).toEqual([]), { timeout: 20_000, interval: 200 });
});

test('says which port is in use, and how to choose another', async () => {
  const { env } = await settings();
  const taken = (await import('node:net')).createServer();
  taken.listen(Number(env.KILAT_PORT), '127.0.0.1');
  await once(taken, 'listening');
  closers.push(async () => taken.close());
  const { ended, said } = npmStart(env);
  expect(await ended).toBe(1);
  expect(said.text).toContain(`Port ${env.KILAT_PORT} is in use`);
  expect(said.text).toMatch(/KILAT_PORT=\d+ npm start/);
  expect(said.text).not.toContain('at async');
});
