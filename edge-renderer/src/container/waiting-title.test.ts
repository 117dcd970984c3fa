import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { machineAllowance } from '../sandbox/limits.ts';
import { SANDBOX_NAMES, type SandboxName } from '../sandbox/sandbox.ts';
import { sandboxNamed } from '../sandbox/sandboxes.ts';
import { eventually, processesWith } from '../sandbox/testing/host.ts';
import { Container, type ContainerFailure } from './container.ts';
import { markedProcesses } from './leftovers.ts';

// A title's sandbox is made before the title is to begin: what it is while it waits, and that none is left which never began.

const execute = promisify(execFile);
/** The program's first act. */
const BEGINS = { command: '/bin/sh', args: ['-c', 'cat "$HOME/given" > "$HOME/began"; exec sleep 1000'] };

let scratch: string;
let title: LoadedTitle;
const containers: Container[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-waiting-'));
  const { titles } = await loadTitles([bundledTitles]);
  const probe = titles.find(({ id }) => id === 'latency-probe') as LoadedTitle;
  title = { ...probe, ...BEGINS, home: { given: 'a file of the manifest' } };
});
afterEach(async () => {
  await Promise.all(containers.splice(0).map((container) => container.close()));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function start(name: SandboxName, startTitle: boolean) {
  const sandbox = { name, allowed: machineAllowance(), network: [] };
  const container = await Container.start(title, { scratch, bitrateKbps: 4_000, startTitle, sandbox });
  containers.push(container);
  const [prepared, began] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const failure = Promise.withResolvers<ContainerFailure>();
  container.listen({
    message: (message) => {
      if (message.type === 'prepared') prepared.resolve();
      if (message.type === 'stage' && message.stage === 'title') began.resolve();
    },
    failed: (failed) => {
      failure.resolve(failed);
      const error = new Error(`${failed.reason}: ${failed.detail}`);
      for (const { reject } of [prepared, began]) reject(error);
    },
  });
  for (const { promise } of [prepared, began]) promise.catch(() => {});
  const inHome = (file: string) => join(container.folder, 'home', file);
  /** Its sandbox is being made: the record of it stands. */
  const isMade = () =>
    eventually(
      () => existsSync(join(container.folder, 'sandbox.json')),
      (there) => there,
    );
  /** The shell at the gate is there. */
  const waits = () =>
    eventually(
      () => processesWith(gateOf(container)).filter(isShell),
      (shells) => shells.length === 1,
    );
  return {
    container,
    prepared: prepared.promise,
    began: began.promise,
    failure: failure.promise,
    inHome,
    isMade,
    waits,
  };
}

const gateOf = ({ folder }: Container): string => join(folder, 'gate');

function isShell(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/bin/sh\0-c\0read');
  } catch {
    return false;
  }
}

async function expectNothingLeft(container: Container): Promise<void> {
  expect(processesWith(gateOf(container))).toEqual([]);
  expect(await markedProcesses(container.folder)).toEqual([]);
  expect(await readdir(scratch)).toEqual([]);
}

/** Containers that podman knows by the names of ours. */
async function podmansContainers(): Promise<string[]> {
  const { stdout } = await execute('podman', ['ps', '--all', '--format', '{{.Names}}']);
  return stdout.split('\n').filter((name) => name !== '');
}

for (const name of SANDBOX_NAMES.filter((each) => each !== 'none' && each !== 'pod')) {
  const why = await sandboxNamed(name).unavailable();
  describe.skipIf(why !== undefined)(`${name}${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
    test('a title waits in its sandbox, begins when it is told to, and finds its home laid out', async () => {
      const { container, prepared, began, inHome } = await start(name, false);
      await prepared;
      expect(existsSync(inHome('began'))).toBe(false);
      await container.run();
      await began;
      await eventually(
        () => existsSync(inHome('began')),
        (there) => there,
      );
      await container.close();
      await expectNothingLeft(container);
    });

    test('a title that never began is gone with its container', async () => {
      const { container, prepared, waits } = await start(name, false);
      await Promise.all([prepared, waits()]);
      await container.close();
      await expectNothingLeft(container);
      if (name === 'podman') expect(await podmansContainers()).not.toContain(basename(container.folder).toLowerCase());
    });

    test('a launch that is called off while the sandbox is being made leaves nothing', async () => {
      const { container, isMade } = await start(name, true);
      await isMade();
      await container.close();
      await expectNothingLeft(container);
      if (name === 'podman') expect(await podmansContainers()).not.toContain(basename(container.folder).toLowerCase());
    });

    test('an X server that dies takes a title along that waits', async () => {
      const { container, prepared, failure, waits } = await start(name, false);
      await Promise.all([prepared, waits()]);
      const { stdout } = await execute('pgrep', ['-P', String(container.pid), 'Xvfb']);
      process.kill(Number(stdout), 'SIGKILL');
      expect((await failure).reason).toBe('display-lost');
      await expectNothingLeft(container);
      if (name === 'podman') expect(await podmansContainers()).not.toContain(basename(container.folder).toLowerCase());
    });
  });
}
