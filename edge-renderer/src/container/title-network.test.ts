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
async function start() {
  const { port } = server.address() as AddressInfo;
  const { titles } = await loadTitles([bundledTitles]);
  const probe = titles.find(({ id }) => id === 'latency-probe') as LoadedTitle;
  const call = `while :; do (exec 3<>/dev/tcp/127.0.0.1/${port} && echo hello >&3 && read -r answer <&3); sleep 0.1; done`;
  const title: LoadedTitle = {
    ...{ ...probe, sound: false, command: '/bin/bash', args: ['-c', call] },
    sandbox: { network: [`127.0.0.1:${port}`] },
  };
  const said: string[] = [];
  const failure = Promise.withResolvers<ContainerFailure>();
  const options = { scratch, bitrateKbps: 4_000, startTitle: true, sandbox };
  const called = once(server, 'connection');
  container = await Container.start(title, { ...options, onNetwork: (words) => said.push(words) });
  container.listen({ message: () => {}, failed: failure.resolve });
  const first = await Promise.race([called, failure.promise.then(({ detail }) => Promise.reject(new Error(detail)))]);
  return { container, first: first[0] as Socket, said, failure: failure.promise };
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
  // One that dies in its first second is not replaced.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
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
