import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { LinkStep, NetworkProfile } from '@kilat/shared/network/profile';
import { afterEach, expect, test } from 'vitest';
import { UdpRelay } from './relay.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const it of open.splice(0)) it.close();
});

const profile = (down: Omit<LinkStep, 'fromMs'>): NetworkProfile => ({
  name: 'test',
  about: '',
  seed: 5,
  down: { steps: [{ fromMs: 0, ...down }] },
  up: { steps: [{ fromMs: 0 }] },
});

async function socketOn(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  open.push(socket);
  return socket;
}

/** A server that answers each datagram with `copies` of it, and a client behind a relay to it. */
async function path(down: Omit<LinkStep, 'fromMs'>, copies: number) {
  const server = await socketOn();
  server.on('message', (data, from) => {
    for (let copy = 0; copy < copies; copy++) server.send(data, from.port, from.address);
  });
  const relay = await UdpRelay.start(0, { address: '127.0.0.1', port: server.address().port }, profile(down));
  open.push(relay);
  const client = await socketOn();
  return { relay, client, send: (bytes: number) => client.send(Buffer.alloc(bytes, 1), relay.port, '127.0.0.1') };
}

test('passes datagrams both ways, each player by a socket of its own', async () => {
  const { relay, client, send } = await path({}, 1);
  const other = await socketOn();
  const [atClient, atOther] = [once(client, 'message'), once(other, 'message')];
  send(100);
  other.send(Buffer.alloc(50, 2), relay.port, '127.0.0.1');
  expect(((await atClient)[0] as Buffer).length).toBe(100);
  expect(((await atOther)[0] as Buffer).length).toBe(50);
});

test('holds packets back at the rate and delay of its link, and logs the queue', async () => {
  // 40 packets of 1,000 bytes are 329 ms at 1 Mb/s.
  const { relay, client, send } = await path({ kbps: 1_000, delayMs: 30 }, 40);
  const arrivals: number[] = [];
  const sentMs = performance.now();
  send(1_000);
  while (arrivals.length < 40) {
    await once(client, 'message');
    arrivals.push(performance.now() - sentMs);
  }
  expect(arrivals[0]).toBeGreaterThan(37);
  expect(arrivals[39]).toBeGreaterThan(355);
  const { down, downCounters } = relay.read();
  expect(Math.max(...down.map(({ queueMs }) => queueMs))).toBeGreaterThan(200);
  expect(downCounters.delivered).toBe(40);
});

test('drops what its queue cannot hold', async () => {
  const { relay, client, send } = await path({ kbps: 1_000, queueMs: 50 }, 40);
  send(1_000);
  const last = relay.read().downCounters;
  while (relay.read().downCounters.delivered + relay.read().downCounters.overflowed < 40) await once(client, 'message');
  expect(last.overflowed).toBe(0);
  // 50 ms hold six packets; a seventh leaves while they come.
  expect(relay.read().downCounters.delivered).toBeLessThanOrEqual(8);
});
