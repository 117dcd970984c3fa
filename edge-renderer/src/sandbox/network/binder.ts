import { spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6, type Server } from 'node:net';
import type { BinderOrder, FromBinder } from './messages.ts';

// Runs inside a title's network and only for a moment: gives its loopback interface its addresses, listens at each target's
// address, and hands the listening sockets to the relay, which stays outside. Sockets belong to the network they were made in.

const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
/** It asks the kernel and nobody else; one that takes this long hangs. */
const IP_MS = 5_000;
const order = JSON.parse(process.argv[2] ?? '') as BinderOrder;

const tell = (message: FromBinder, handle?: Server | Socket): Promise<void> =>
  new Promise((resolve) => process.send?.(message, handle, {}, () => resolve()));

/** iproute2's words for what failed; undefined when nothing did. A second time changes nothing. */
function ip(lines: string[]): string | undefined {
  const { error, status, stderr } = spawnSync('ip', ['-force', '-batch', '-'], {
    input: lines.map((line) => `${line}\n`).join(''),
    encoding: 'utf8',
    env: { ...process.env, PATH },
    timeout: IP_MS,
    killSignal: 'SIGKILL',
  });
  // One that ends before it has read all has said why, too.
  if (error !== undefined && status === null)
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'the program ip is not installed (apt-get install iproute2)'
      : String(error);
  return status === 0 ? undefined : stderr.trim().split('\n')[0] || `ip ended with ${status}`;
}

async function bind({ protocol, address, port }: BinderOrder['listeners'][number]): Promise<Server | Socket> {
  if (protocol === 'udp') {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const bound = once(socket, 'listening');
    socket.bind({ address, port });
    await bound;
    return socket;
  }
  const server = createServer();
  const listening = once(server, 'listening');
  server.listen({ host: address, port });
  await listening;
  return server;
}

async function listen(): Promise<void> {
  // A machine without IPv6 takes no such address; whoever asks for one finds nobody there.
  const [v6, v4] = [order.addresses.filter(isV6), order.addresses.filter((address) => !isV6(address))];
  const why = ip(['link set lo up', ...v4.map((address) => `address replace ${address} dev lo`)]);
  if (why !== undefined) return tell({ type: 'failed', why });
  if (v6.length > 0) ip(v6.map((address) => `address replace ${address} dev lo nodad`));
  for (const [place, listener] of order.listeners.entries()) {
    try {
      await tell({ type: 'bound', place }, await bind(listener));
    } catch (error) {
      await tell({ type: 'unbound', place, why: (error as Error).message });
    }
  }
  await tell({ type: 'done' });
}

const isV6 = (address: string): boolean => address.includes(':');

process.on('disconnect', () => process.exit(0));
await listen();
