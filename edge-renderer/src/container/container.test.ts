import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { writeRecord } from '../sandbox/record.ts';
import { Container, type ContainerFailure } from './container.ts';
import { CONTAINER_MARK, removeDeadDisplay, removeLeftovers, scratchPrefix } from './leftovers.ts';
import type { FromContainer } from './messages.ts';

const sandbox = await chooseSandbox('auto', machineAllowance(), false);
let scratch: string;
let probe: LoadedTitle;
const containers: Container[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-test-'));
  const { titles } = await loadTitles([bundledTitles]);
  probe = titles.find(({ id }) => id === TitleId.parse('latency-probe')) as LoadedTitle;
});
afterEach(async () => {
  await Promise.all(containers.splice(0).map((container) => container.close()));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Starts a container and remembers what it says. */
async function start(title = probe) {
  const container = await Container.start(title, { scratch, bitrateKbps: 4_000, startTitle: true, sandbox });
  containers.push(container);
  const said: FromContainer[] = [];
  const drawn = Promise.withResolvers<void>();
  const failure = Promise.withResolvers<ContainerFailure>();
  container.listen({
    message: (message) => {
      said.push(message);
      if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve();
    },
    failed: failure.resolve,
  });
  return { container, said, drawn: drawn.promise, failure: failure.promise };
}

/** Processes of containers in this scratch folder: command name → pid. */
function processes(): Map<string, number> {
  const found = new Map<string, number>();
  for (const pid of readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    try {
      const marked = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${CONTAINER_MARK}=${scratch}`);
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      const ownedByUs =
        marked || readFileSync(`/proc/${parent}/environ`, 'utf8').includes(`${CONTAINER_MARK}=${scratch}`);
      if (ownedByUs) found.set(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '), pid);
    } catch {
      // It ended while being looked at.
    }
  }
  return found;
}

const pidOf = (part: string): number => {
  const entry = [...processes()].find(([command]) => command.includes(part));
  if (entry === undefined) throw new Error(`no process of ${part} among ${[...processes().keys()].join(', ')}`);
  return entry[1];
};

/** `connected`, or why not. */
async function tryConnect(path: string): Promise<string> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return 'connected';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    socket.destroy();
  }
}

function expectNothingLeft(): void {
  expect([...processes().keys()]).toEqual([]);
  expect(readdirSync(scratch)).toEqual([]);
}

test('stages come in order and closing leaves nothing behind', async () => {
  const { container, said, drawn } = await start();
  await drawn;
  const stages = said.flatMap((message) => (message.type === 'stage' ? [message.stage] : []));
  expect([stages.slice(0, 2).sort(), stages.slice(2)]).toEqual([
    ['display', 'sound'],
    ['title', 'drawn'],
  ]);
  expect([...processes().keys()].join(' ')).toContain('Xvfb');
  await container.close();
  expectNothingLeft();
});

test.each([
  ['probe.ts', 'title-crashed'],
  ['Xvfb', 'display-lost'],
  ['session-process.ts', 'session-crashed'],
] as const)('killing %s ends the container with %s and leaves nothing behind', async (part, reason) => {
  const { said, drawn, failure } = await start();
  await drawn;
  process.kill(pidOf(part), 'SIGKILL');
  expect((await failure).reason).toBe(reason);
  expectNothingLeft();
  const display = said.find((message) => message.type === 'display')?.address.display ?? '';
  // Gone, or by now another server's.
  expect(await tryConnect(`/tmp/.X11-unix/X${display.slice(1)}`)).not.toBe('ECONNREFUSED');
});

test.each([
  ['Xvfb', 'display-lost'],
  ['session-process.ts', 'session-crashed'],
] as const)('a %s that hangs ends the container with %s and leaves nothing behind', async (part, reason) => {
  const { drawn, failure } = await start();
  await drawn;
  process.kill(pidOf(part), 'SIGSTOP');
  expect((await failure).reason).toBe(reason);
  expectNothingLeft();
});

test('losing the sound server is survived', async () => {
  const { said, drawn, container } = await start({ ...probe, sound: true });
  await drawn;
  const degraded = Promise.withResolvers<void>();
  container.listen({ message: (message) => message.type === 'degraded' && degraded.resolve(), failed: () => {} });
  process.kill(pidOf('pulseaudio'), 'SIGKILL');
  await degraded.promise;
  expect(pidOf('probe.ts')).toBeGreaterThan(0);
  expect(said.some(({ type }) => type === 'degraded')).toBe(false);
});

test('a title that quits by itself is an exit, one that fails is a crash with its last words', async () => {
  const exit = await start({ ...probe, command: '/bin/true', args: [] });
  expect(await exit.failure).toMatchObject({ reason: 'title-exited' });
  const crash = await start({ ...probe, command: '/bin/sh', args: ['-c', 'echo no level found >&2; exit 3'] });
  const { reason, detail } = await crash.failure;
  expect(reason).toBe('title-crashed');
  expect(detail).toContain('status 3: no level found');
});

test('a process that outlives its title’s end is swept with the container', async () => {
  const { container, failure } = await start({
    ...probe,
    command: '/bin/sh',
    args: ['-c', 'setsid sleep 1000 & exit 1'],
  });
  await failure;
  await container.close();
  expectNothingLeft();
});

test('what a dead agent left is removed, what a living one owns stays', async () => {
  const dead = await mkdtemp(join(scratch, 'kilat-4194000-123-'));
  const alive = await mkdtemp(join(scratch, scratchPrefix(process.pid)));
  expect(await removeLeftovers(scratch)).toEqual({ removed: 1, stuck: [] });
  expect([existsSync(dead), existsSync(alive)]).toEqual([false, true]);
  await rm(alive, { recursive: true });
});

test.skipIf(process.getuid?.() !== 0)('what another user planted among the leftovers is not believed', async () => {
  const bystander = spawn('sleep', ['1000']);
  // As /dev/shm is.
  await chmod(scratch, 0o1777);
  onTestFinished(() => chmod(scratch, 0o700));
  const planted = await mkdtemp(join(scratch, 'kilat-4194000-124-'));
  const group = join(scratch, 'group');
  await mkdir(group);
  await writeFile(join(group, 'cgroup.procs'), `${bystander.pid}`);
  await writeRecord(planted, { sandbox: 'bubblewrap', container: 'x', groups: [group], uid: null });
  await chown(planted, 65_534, 65_534);
  await symlink('/tmp', join(scratch, 'kilat-4194000-125-link'));
  expect(await removeLeftovers(scratch)).toEqual({ removed: 0, stuck: [] });
  expect(existsSync(planted)).toBe(true);
  expect(bystander.kill()).toBe(true);
  await Promise.all([rm(planted, { recursive: true }), rm(group, { recursive: true })]);
  await rm(join(scratch, 'kilat-4194000-125-link'));
});

test('the socket of a dying X server is removed, that of a living one stays', async () => {
  const { said, drawn, container } = await start();
  await drawn;
  const living = said.find((message) => message.type === 'display')?.address.display ?? '';
  await removeDeadDisplay(living);
  expect(await tryConnect(`/tmp/.X11-unix/X${living.slice(1)}`)).toBe('connected');
  await container.close();

  const path = '/tmp/.X11-unix/X9841';
  const dying = createServer((socket) => socket.destroy()).listen(path);
  await once(dying, 'listening');
  await removeDeadDisplay(':9841');
  expect(existsSync(path)).toBe(false);
  dying.close();
});
