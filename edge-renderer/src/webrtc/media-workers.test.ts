import { once } from 'node:events';
import { createSocket, type Socket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { MediaWorkers } from './media-workers.ts';

/** Living media workers that this process started. */
function workerPids(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      const [state, parent] = rest?.split(' ') ?? [];
      return name?.startsWith('mediasoup-worke') && state !== 'Z' && Number(parent) === process.pid;
    } catch {
      return false;
    }
  });
}

async function bound(port: number): Promise<Socket> {
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('a port that is taken while the worker is away costs no process, and the worker comes back once it is free', async () => {
  const free = await bound(0);
  const { port } = free.address();
  free.close();
  let back = Promise.withResolvers<void>();
  const workers = await MediaWorkers.start({ binary: process.env.MEDIASOUP_WORKER_BIN, address: '127.0.0.1', port });
  workers.listen({ lost: () => {}, back: () => back.resolve() });
  onTestFinished(() => workers.close());
  const others = workerPids().filter((pid) => pid !== workers.current?.pid);

  let taken: Socket | undefined;
  while (taken === undefined) {
    back = Promise.withResolvers();
    process.kill(workers.current?.pid ?? 0, 'SIGKILL');
    // Whoever is first has the port; the worker starts again at once.
    taken = await Promise.race([back.promise.then(() => undefined), retried(() => bound(port))]);
  }
  const died = Promise.withResolvers<void>();
  // The attempts after 0, 250 and 1,000 ms fail.
  setTimeout(died.resolve, 2_000);
  await died.promise;
  expect(workers.current).toBeUndefined();
  expect(workerPids().filter((pid) => !others.includes(pid))).toHaveLength(0);
  taken.close();
  await back.promise;
  expect(workerPids().filter((pid) => !others.includes(pid))).toEqual([workers.current?.pid]);
});

async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
