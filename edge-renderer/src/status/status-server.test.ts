import { mkdtemp, rm, stat } from 'node:fs/promises';
import { get } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operate, OperatorError } from '../operator/command.ts';
import { Drain } from '../operator/drain.ts';
import { newOperatorToken, writeOperatorDoor } from '../operator/operator-door.ts';
import { statusExample } from '../operator/testing/status-example.ts';
import { startStatusServer } from './status-server.ts';

let folder: string;
let server: Server;
let port: number;
let drain: Drain;
const token = newOperatorToken();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-status-'));
  drain = await Drain.load(folder, () => {});
  server = await startStatusServer(0, {
    metrics: new Registry(),
    status: () => ({ ...statusExample, drainingSinceMs: drain.sinceMs ?? null }),
    health: () => ({ ok: false, worker: false }),
    drain,
    token,
  });
  port = (server.address() as AddressInfo).port;
  await writeOperatorDoor(folder, { port, pid: process.pid, token });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const post = (path: string, authorization?: string) =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: authorization ? { authorization } : {} });

test('the operator drains and resumes, and sees it in the table', async () => {
  const config = { dataFolder: folder };
  expect(await operate('status', config)).toContain('Taking sessions: 1 of 2 slots in use');
  expect(await operate('drain', config)).toContain('no new sessions, 1 still running');
  expect(drain.sinceMs).toBeGreaterThan(0);
  expect(await operate('resume', config)).toContain('Taking sessions');
});

test('nobody else may: the token is in a file of the user’s own, and a wrong one changes nothing', async () => {
  expect((await stat(join(folder, 'operator.json'))).mode & 0o777).toBe(0o600);
  for (const wrong of [undefined, 'Bearer ', `Bearer ${newOperatorToken()}`, token])
    expect((await post('/api/drain', wrong)).status).toBe(401);
  expect(drain.sinceMs).toBeUndefined();
  expect((await post('/api/drain', `Bearer ${token}`)).status).toBe(200);
});

test('a page of another host does not reach it', async () => {
  const status = await new Promise((resolve) =>
    get({ port, host: '127.0.0.1', path: '/api/status', headers: { host: 'evil.example' } }, (answer) =>
      resolve(answer.resume().statusCode),
    ),
  );
  expect(status).toBe(403);
});

test('page, health and metrics are served, the rest is named as missing', async () => {
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return [answer.status, answer.headers.get('content-type')?.split(';')[0], (await answer.text()).length > 0];
  };
  expect(await ask('/')).toEqual([200, 'text/html', true]);
  expect(await ask('/page.css')).toEqual([200, 'text/css', true]);
  expect(await ask('/page.js')).toEqual([200, 'text/javascript', true]);
  expect(await ask('/healthz')).toEqual([503, 'application/json', true]);
  expect((await ask('/metrics'))[0]).toBe(200);
  expect(await ask('/../package.json')).toEqual([404, 'text/plain', true]);
});

test('an edge that is not there is said in words', async () => {
  await expect(operate('status', { dataFolder: join(folder, 'none') })).rejects.toThrow(
    /No edge has run with .*KILAT_DATA/,
  );
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const asked = operate('status', { dataFolder: folder });
  await expect(asked).rejects.toThrow(OperatorError);
  await expect(asked).rejects.toThrow(/does not answer on port/);
});
