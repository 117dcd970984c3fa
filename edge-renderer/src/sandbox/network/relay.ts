import { type ChildProcess, fork } from 'node:child_process';
import { Socket as UdpSocket } from 'node:dgram';
import { openSync } from 'node:fs';
import { Server } from 'node:net';
import { getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import type { BinderOrder, FromBinder, FromRelay, RelayOrder, ToRelay } from './messages.ts';

// The only way out of a title's network: a process outside, whose listening sockets are inside. It carries bytes and
// datagrams to the targets it was told at its start and looks at none of them. It ends with its session process.

const NICENESS = 5;
const order = JSON.parse(process.argv[2] ?? '') as RelayOrder;
const { allowed, bounds, plan } = order;
const tell = (message: FromRelay, then?: () => void): void => {
  if (process.connected) process.send?.(message, undefined, {}, then);
};
function startBinder(): ChildProcess {
  const [first = '', ...words] = [...order.enter, process.execPath];
  const told: BinderOrder = {
    addresses: plan.addresses,
    listeners: plan.listeners.map(({ address, target: { protocol, port } }) => ({ protocol, address, port })),
  };
  return fork(join(import.meta.dirname, 'binder.ts'), [JSON.stringify(told)], {
    execPath: first,
    execArgv: words,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}

const binder = startBinder();
const serving = serve();
let binderWords = '';
binder.stderr?.on('data', (chunk: Buffer) => {
  binderWords = (binderWords + chunk.toString()).slice(-500);
});
binder.on('error', (error) => failed(error.message));
binder.on('exit', (code, signal) => failed(`${signal ?? `status ${code}`} ${binderWords.trim()}`.trim()));
binder.on('message', (message: FromBinder, handle: unknown) => void received(message, handle));

/** Loaded while the binder starts: a launch waits for both. */
async function serve() {
  const [{ Tally }, { TcpRelay }, { UdpRelay }] = await Promise.all([
    import('./tally.ts'),
    import('./tcp-relay.ts'),
    import('./udp-relay.ts'),
  ]);
  const tally = new Tally((words) => tell({ type: 'trouble', words }));
  return { tally, tcp: new TcpRelay(allowed, bounds, tally), udp: new UdpRelay(allowed, bounds, tally) };
}

let isListening = false;
function failed(why: string): void {
  if (isListening) return;
  tell({ type: 'failed', why }, () => process.exit(1));
}

async function received(message: FromBinder, handle: unknown): Promise<void> {
  const { tcp, udp } = await serving;
  switch (message.type) {
    case 'bound': {
      const target = plan.listeners[message.place]?.target;
      if (target === undefined) return;
      if (handle instanceof Server) tcp.serve(handle, target);
      if (handle instanceof UdpSocket) udp.serve(handle, target);
      return;
    }
    case 'unbound': {
      const { address, target } = plan.listeners[message.place] ?? { address: '', target: { port: 0 } };
      const words = `It finds nobody at ${address} port ${target.port}: ${message.why}.`;
      return tell({ type: 'trouble', words });
    }
    case 'failed':
      return failed(message.why);
    case 'done': {
      // Open for as long as this process lives, so that others can enter through them.
      const path = (name: string) => `/proc/${process.pid}/fd/${openSync(`/proc/${binder.pid}/ns/${name}`, 'r')}`;
      const withUser = order.enter.some((word) => word.startsWith('--user'));
      isListening = true;
      // A launch waits for its start; then it is as nice as games.
      setPriority(getPriority() + NICENESS);
      tell({ type: 'listening', namespaces: { network: path('net'), user: withUser ? path('user') : undefined } });
      return binder.disconnect();
    }
  }
}

/**
 * Whoever takes this process over through what it carries finds nothing to use. A process that changes its user no longer
 * dies with its parent by the kernel's hand, and other users' processes may not look into it: hence not before `held`, and
 * its end is that of its channel.
 */
function giveUpRights(): void {
  if (order.become === undefined) return;
  process.setgroups?.([]);
  process.setgid?.(order.become);
  process.setuid?.(order.become);
}

process.on('message', async (message: ToRelay) => {
  const { tally } = await serving;
  if (message.type === 'close') return tell({ type: 'closed', tally: tally.counts }, () => process.exit(0));
  try {
    giveUpRights();
    tell({ type: 'ready' });
  } catch (error) {
    tell({ type: 'failed', why: `its relay keeps root's rights: ${(error as Error).message}` }, () => process.exit(1));
  }
});
process.on('disconnect', () => process.exit(0));
