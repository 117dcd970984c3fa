import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { joinsNetworks } from '../sandbox/network/network-refusals.ts';
import { AllowedHosts } from '../sandbox/network/network-setting.ts';
import { HANGING_IP, otherIp } from '../sandbox/network/testing/other-ip.ts';
import { eventually } from '../sandbox/testing/host.ts';
import { Container, type ContainerFailure } from './container.ts';
import { CONTAINER_MARK } from './leftovers.ts';

const sandbox = await chooseSandbox('auto', machineAllowance(), false, AllowedHosts.parse('*,127.0.0.1:*'));
const why = joinsNetworks(sandbox.name) ? sandbox.networkUnavailable : `the sandbox is ${sandbox.name}`;
if (why !== undefined) console.log(`titles' networks: not tried, ${why}`);

let scratch: string;
let server: Server;
let callers: Socket[];
let container: Container | undefined;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-network-'));
  callers = [];
  server = createServer((socket) => callers.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  await container?.close();
  container = undefined;
  for (const socket of callers) socket.destroy();
  server.close();
  await rm(scratch, { recursive: true, force: true });
});

/** A container whose title calls the server, says hello, and calls again when it is cut off. */
async function begin() {
  const { port } = server.address() as AddressInfo;
  const { titles } = await loadTitles([bundledTitles]);
  const probe = titles.find(({ id }) => id === 'latency-probe') as LoadedTitle;
  const call = `while :; do (exec 3<>/dev/tcp/127.0.0.1/${port} && echo hello >&3 && read -r answer <&3); sleep 0.1; done`;
  const title: LoadedTitle = {
    ...{ ...probe, sound: false, command: '/bin/bash', args: ['-c', call] },
    sandbox: { network: [`127.0.0.1:${port}`] },
  };
  const said: string[] = [];
  const prepared = Promise.withResolvers<void>();
  const failure = Promise.withResolvers<ContainerFailure>();
  const options = { scratch, bitrateKbps: 4_000, startTitle: true, sandbox };
  container = await Container.start(title, { ...options, onTrouble: (words) => said.push(words) });
  container.listen({
    message: ({ type }) => type === 'prepared' && prepared.resolve(),
    failed: failure.resolve,
  });
  return { container, prepared: prepared.promise, said, failure: failure.promise };
}

/** One whose title has called for the first time. */
async function start() {
  const called = once(server, 'connection');
  const begun = await begin();
  const failed = begun.failure.then(({ detail }) => Promise.reject(new Error(detail)));
  const [first] = (await Promise.race([called, failed])) as [Socket];
  return { ...begun, first };
}

const marked = (word: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return environment.includes(`${CONTAINER_MARK}=${scratch}`) && command.includes(word);
      } catch {
        return false;
      }
    })
    .map(Number);

const here = test.skipIf(why !== undefined);

here('a title calls the host its manifest names; closed, neither it nor its relay is left', async () => {
  const { container, first } = await start();
  expect((await once(first, 'data'))[0].toString()).toBe('hello\n');
  expect(marked('network/relay.ts')).toHaveLength(1);
  expect(marked('network/binder.ts')).toEqual([]);
  await container.close();
  expect(marked('')).toEqual([]);
});

here('a relay that is killed is replaced: the title is cut off, goes on, and calls again', async () => {
  const { first, said } = await start();
  const [relay] = marked('network/relay.ts') as [number];
  const again = once(server, 'connection');
  const cut = once(first.resume(), 'close');
  process.kill(relay, 'SIGKILL');
  await cut;
  expect((await once((await again)[0] as Socket, 'data'))[0].toString()).toBe('hello\n');
  expect(said).toEqual([expect.stringContaining('relay died; what was connected is cut')]);
});

here('a session process that is killed takes the relay along', async () => {
  const { container, first, failure } = await start();
  const [relay] = marked('network/relay.ts') as [number];
  const cut = once(first.resume(), 'close');
  process.kill(container.pid as number, 'SIGKILL');
  expect((await failure).reason).toBe('session-crashed');
  await cut;
  expect([existsSync(`/proc/${relay}/exe`), marked('')]).toEqual([false, []]);
});

here('a network that takes its time keeps only its title waiting, and not the end', async () => {
  const hanging = await otherIp(HANGING_IP);
  const wire = createSocket('udp4').bind(0, '127.0.0.1');
  try {
    const { container, prepared, failure } = await begin();
    await Promise.race([prepared, failure.then(({ detail }) => Promise.reject(new Error(detail)))]);
    const { port } = wire.address();
    container.send({ type: 'stream', to: { port, videoSsrc: 1, audioSsrc: 2 } });
    const peer = ` 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 01 `;
    await eventually(
      () => readFileSync('/proc/net/udp', 'utf8'),
      (sockets) => sockets.includes(peer),
    );
    expect([marked('network/binder.ts').length, callers]).toEqual([1, []]);
    const closedMs = performance.now();
    container.send({ type: 'close' });
    // Its own end, not the agent's kill.
    expect((await failure).detail).toBe('The session process ended (0).');
    expect(performance.now() - closedMs).toBeLessThan(1_500);
    expect(marked('')).toEqual([]);
  } finally {
    wire.close();
    await hanging.close();
  }
});
