import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { homedir, networkInterfaces, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type NetworkTarget, parseNetworkTarget } from '@kilat/shared/title/network-target';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgramEnd } from '../../process/owned-process.ts';
import { groupPlaces } from '../control-groups.ts';
import { endTitle } from '../end-title.ts';
import { joinsNetworks } from '../network/network-refusals.ts';
import { AllowedHosts } from '../network/network-setting.ts';
import type { Call } from '../network/testing/caller.ts';
import { tcpServer, udpServer } from '../network/testing/host-servers.ts';
import { TitleNetwork } from '../network/title-network.ts';
import { makePrivateHome, removeFolder } from '../private-home.ts';
import { isPrivileged } from '../privileges.ts';
import type { Sandbox, SandboxedTitle, TitleRun } from '../sandbox.ts';
import { eventually, processesWith } from './host.ts';
import { hostileTable } from './hostile-table.ts';
import type { Guarded, HostileAttempt, HostileTargets } from './hostile-title.ts';

const LIMITS = { memoryMb: 256, cpus: 1, pids: 64, diskMb: 16 };
const SLOW_MS = 90_000;
const REPORT_MS = 60_000;

/**
 * What every sandbox must do. `guards`: where a sandbox leaves a part to others, that
 * part is not asked. `seesHost`: it mounts nothing, so that a title finds only what its user may reach anyway.
 */
export async function sandboxContract(
  sandbox: Sandbox,
  {
    label = sandbox.name,
    guards = ['sessions', 'files', 'network', 'processes', 'kernel', 'limits', 'end'],
    seesHost = false,
  }: { label?: string; guards?: Guarded[]; seesHost?: boolean } = {},
): Promise<void> {
  const why = await sandbox.unavailable();
  const can = why === undefined;
  describe.skipIf(!can)(`${label}${can ? '' : ` (skipped: ${why})`}`, () => contract(sandbox, label, guards, seesHost));
}

function contract(sandbox: Sandbox, label: string, guards: Guarded[], seesHost: boolean): void {
  let folder: string;
  let titles: SandboxedTitle[];
  let servers: Server[];
  let others: ChildProcess[];
  let closing: { close(): void | Promise<void> }[];
  /** Folders to remove. */
  let extra: string[];
  /** Found in the command line of everything this test starts in the sandbox. */
  let word: string;

  beforeEach(async () => {
    [titles, servers, others, closing, extra] = [[], [], [], [], []];
    word = `98765.${Math.random().toString().slice(2, 12)}`;
    folder = await mkdtemp(join('/dev/shm', 'kilat-contract-'));
    await makePrivateHome(folder, LIMITS.diskMb);
  });
  afterEach(async () => {
    await Promise.all(titles.map((title) => title.stop()));
    await endTitle(folder);
    for (const pid of processesWith(word)) process.kill(pid, 'SIGKILL');
    for (const server of servers) server.close();
    for (const one of closing) await one.close();
    for (const other of others) other.kill('SIGKILL');
    await removeFolder(folder);
    for (const path of extra) await rm(path, { recursive: true, force: true });
  });

  const runOf = (script: string, more: Partial<TitleRun> = {}): TitleRun => ({
    folder,
    command: '/bin/sh',
    args: ['-c', script, word],
    env: { PATH: '/usr/bin:/bin', KILAT_CONTAINER: folder },
    nice: 0,
    sees: [],
    devices: [],
    limits: LIMITS,
    ipcOf: undefined,
    network: undefined,
    ...more,
  });
  async function start(script: string, more: Partial<TitleRun> = {}) {
    const ended = Promise.withResolvers<ProgramEnd & { words: string }>();
    const title = await sandbox.start(runOf(script, more), (end, words) => ended.resolve({ ...end, words }));
    titles.push(title);
    return { title, ended: ended.promise };
  }
  const inHome = (name: string) => {
    const path = join(folder, 'home', name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const isThere = (name: string) =>
    eventually(
      () => inHome(name),
      (text) => text !== undefined && text !== '',
    );
  const nothingLeft = () =>
    eventually(
      () => processesWith(word),
      (left) => left.length === 0,
    );

  test('a title finds its arguments, environment and home, and its status is told', async () => {
    await writeFile(join(folder, 'home', 'given'), 'a file of the manifest');
    const { ended } = await start('cat "$HOME/given" && pwd && echo "$COLOUR" && echo new > "$HOME/made" && exit 7', {
      env: { PATH: '/usr/bin:/bin', COLOUR: 'teal' },
    });
    const { code, words } = await ended;
    expect([code, words.split('\n')]).toEqual([7, [expect.stringMatching(/^a file of the manifest\//), 'teal']]);
    // What it wrote is the host's to keep when it is gone.
    expect(inHome('made')).toBe('new\n');
  });

  test('a title ended by a signal is told so, with its last words', async () => {
    const { ended } = await start('echo no level found >&2; kill -SEGV $$');
    expect(await ended).toEqual({ code: null, signal: 'SIGSEGV', words: expect.stringContaining('no level found') });
  });

  test('it may save when it is asked to end, and nothing it started is left', async () => {
    const { title } = await start(
      `trap 'echo saved > "$HOME/saved"; exit 0' TERM; (setsid sh -c 'sleep 1000; : ${word}' &) ; echo up > "$HOME/up"; while :; do sleep 0.05; done`,
    );
    await isThere('up');
    await title.stop();
    expect(inHome('saved')).toBe('saved\n');
    await nothingLeft();
  });

  test('frozen, nothing of it goes on, not even a process of another session; thawed, all of it does', async () => {
    const count =
      'n=0; while :; do n=$((n+1)); echo $n > "$HOME/$0.new"; mv "$HOME/$0.new" "$HOME/$0"; sleep 0.02; done';
    const { title } = await start(`setsid sh -c '${count}' inner & exec sh -c '${count}' outer`);
    const both = () => [inHome('inner'), inHome('outer')].map(Number);
    await eventually(both, (counts) => counts.every((counted) => counted > 2));
    title.freeze();
    const frozen = both();
    // A write under way when the signal came may still end.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const later = both();
    expect(later.every((counted, place) => counted - (frozen[place] ?? 0) <= 1)).toBe(true);
    title.thaw();
    await eventually(both, (counts) => counts.every((counted, place) => counted > (later[place] ?? 0) + 2));
    title.freeze();
    await title.stop();
    await nothingLeft();
  });

  test('killed with the process that started it, nothing of it is left', async () => {
    const run = runOf(`(setsid sleep ${word} &); echo up > "$HOME/up"; exec sleep ${word}`);
    const starter = spawn(
      process.execPath,
      [join(import.meta.dirname, 'starter.ts'), JSON.stringify({ name: sandbox.name, run })],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    others.push(starter);
    await isThere('up');
    expect(processesWith(word).length).toBeGreaterThan(1);
    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await endTitle(folder);
    await nothingLeft();
  });

  async function open(list: string, ...asked: string[]): Promise<TitleNetwork> {
    const targets = asked.map((text) => parseNetworkTarget(text) as NetworkTarget);
    const network = await TitleNetwork.open({ targets, allowed: AllowedHosts.parse(list) }, () => {});
    closing.push(network);
    return network;
  }

  const joins = joinsNetworks(sandbox.name);
  test.skipIf(!joins)(
    'a title reaches the hosts its manifest names, by name and by address, and nothing else',
    async () => {
      const [tcp, udp, other] = await Promise.all([tcpServer(), udpServer(), tcpServer()]);
      closing.push(tcp, udp, other);
      // The operator's list lacks two of the four, so that nobody outside is asked for them.
      const network = await open(
        'localhost:*,127.0.0.1:*,127.0.0.1:*/udp',
        ...[`localhost:${tcp.port}`, `127.0.0.1:${udp.port}/udp`, 'scores.example.invalid:443', '9.9.9.9:9/udp'],
      );
      const calls: Call[] = [
        { protocol: 'tcp', host: 'localhost', port: tcp.port, text: 'by name' },
        { protocol: 'tcp', host: '127.0.0.1', port: tcp.port, text: 'by address' },
        { protocol: 'udp', host: '127.0.0.1', port: udp.port, text: 'datagram' },
        { protocol: 'tcp', host: 'scores.example.invalid', port: 443, text: '' },
        { protocol: 'tcp', host: 'scores.example.invalid', port: 80, text: '' },
        { protocol: 'tcp', host: 'another.example.invalid', port: 443, text: '' },
        { protocol: 'tcp', host: '127.0.0.1', port: other.port, text: '' },
        { protocol: 'tcp', host: '9.9.9.9', port: 9, text: '' },
        { protocol: 'tcp', host: '9.9.9.10', port: 9, text: '' },
        { protocol: 'udp', host: '127.0.0.1', port: 53, text: 'x' },
      ];
      const caller = join(import.meta.dirname, '..', 'network', 'testing', 'caller.ts');
      const script = 'cat /etc/hosts > "$HOME/hosts"; exec "$1" "$2" "$3" > "$HOME/outcomes"';
      const { ended } = await start(script, {
        args: ['-c', script, word, process.execPath, caller, JSON.stringify(calls)],
        sees: [process.execPath, caller],
        network: network.joined,
      });
      expect(await ended).toMatchObject({ code: 0 });
      expect(JSON.parse(inHome('outcomes') ?? '')).toEqual([
        ...['by name', 'by address', expect.stringMatching(/^datagram@\d+$/)],
        // It is listened for, but leads nowhere; then ports and names that nobody listens for.
        ...['ECONNRESET', 'ECONNREFUSED', expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/)],
        ...['ECONNREFUSED', 'ECONNREFUSED', 'ENETUNREACH', 'ECONNREFUSED'],
      ]);
      expect(inHome('hosts')).toContain('127.77.0.1 scores.example.invalid\n');
      expect(other.calls).toBe(0);
    },
  );

  const bounded = isPrivileged() && groupPlaces().parents.memory !== undefined;
  test.skipIf(!bounded)('a title that wants too much memory is ended, and that is said', async () => {
    const { ended } = await start('exec perl -e \'push @all, "x" x 1048576 for 1 .. 1024\'');
    const { code, signal, words } = await ended;
    expect([code, signal]).toEqual([null, 'SIGKILL']);
    // runc and podman remove the control group that would tell.
    if (sandbox.name === 'bubblewrap' || sandbox.name === 'pod')
      expect(words).toContain('more than its 256 MB of memory');
  });

  test(
    'a hostile title fails in all it tries',
    async () => {
      const network = joins ? await open('*,127.0.0.1:*', 'scores.example.net:443', '127.0.0.1:9') : undefined;
      const targets = await hostileTargets();
      const [node = '', script = ''] = await reachable([
        process.execPath,
        join(import.meta.dirname, 'hostile-title.ts'),
      ]);
      await start('exec "$1" "$2"', {
        args: ['-c', 'exec "$1" "$2" "$0"', word, node, script],
        env: {
          PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
          KILAT_CONTAINER: folder,
          HOSTILE_TARGETS: JSON.stringify(targets),
        },
        sees: [node, script, join(folder, 'xauthority'), targets.preloaded],
        network: network?.joined,
      });
      const lines = await eventually(
        () => (inHome('report.jsonl') ?? '').trim().split('\n'),
        (all) => all.at(-1) === '{"done":true}',
        REPORT_MS,
      );
      const attempts = lines.slice(0, -1).map((line) => JSON.parse(line) as HostileAttempt);
      await eventually(
        () => processesWith(word),
        (found) => found.length >= 2,
      );
      await titles[0]?.stop();
      await endTitle(folder);
      const outlived = processesWith(word).length;
      attempts.push({
        guarded: 'end',
        attempt: 'outlive its session',
        failed: outlived === 0,
        detail: `${outlived} left`,
      });
      const asked = attempts.filter(({ guarded }) => guards.includes(guarded));
      console.log(hostileTable(label, asked, attempts.length - asked.length));
      expect(asked.filter(({ failed }) => !failed)).toEqual([]);
      expect(asked.length).toBeGreaterThan(8);
    },
    SLOW_MS,
  );

  /** The files themselves, or copies that every user may read. */
  async function reachable(files: string[]): Promise<string[]> {
    if (!seesHost) return files;
    const tools = await mkdtemp(join('/dev/shm', 'kilat-tools-'));
    extra.push(tools);
    await chmod(tools, 0o755);
    return Promise.all(
      files.map(async (file) => {
        const copy = join(tools, basename(file));
        await copyFile(file, copy);
        return copy;
      }),
    );
  }

  /** Another session, the agent and its key, all real and within reach of this process. */
  async function hostileTargets(): Promise<HostileTargets> {
    await writeFile(join(folder, 'xauthority'), 'cookie', { mode: 0o600 });
    const preloaded = join(folder, 'preloaded.so');
    await writeFile(preloaded, '');
    const other = await mkdtemp(join('/dev/shm', 'kilat-other-'));
    const edge = await mkdtemp(join(tmpdir(), 'kilat-edge-'));
    extra.push(other, edge);
    await mkdir(join(other, 'home'));
    await writeFile(join(other, 'home', 'save'), 'secret', { mode: 0o600 });
    await writeFile(join(edge, 'key'), 'secret', { mode: 0o600 });
    const listen = async (...where: [string] | [number, string]) => {
      const server = createServer((socket) => socket.destroy());
      servers.push(server);
      if (where.length === 1) server.listen(where[0]);
      else server.listen(...where);
      await once(server, 'listening');
      server.once(
        'close',
        () => void Promise.all([other, edge].map((path) => rm(path, { recursive: true, force: true }))),
      );
      return server.address();
    };
    const agent = (await listen(0, '0.0.0.0')) as AddressInfo;
    await listen(join(other, 'sound'));
    await listen(`\0kilat-${word}`);
    const victim = spawn('sleep', ['31536001'], { stdio: 'ignore' });
    others.push(victim);
    expect(await readdir(other)).toContain('sound');
    return {
      otherSessionsFile: join(other, 'home', 'save'),
      edgeKey: join(edge, 'key'),
      homeFile: join(homedir(), '.profile'),
      otherSessionsSocket: join(other, 'sound'),
      abstractSocket: `kilat-${word}`,
      port: agent.port,
      deniedPort: joins ? agent.port : undefined,
      hostAddresses: Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .filter(({ family, internal }) => family === 'IPv4' && !internal)
        .map(({ address }) => address),
      otherProcess: victim.pid ?? -1,
      otherProcessWord: '31536001',
      ownFolder: folder,
      preloaded,
      limits: LIMITS,
      outliving: word,
    };
  }
}
