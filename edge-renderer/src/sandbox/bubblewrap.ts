import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { OwnedProcess, type ProgramEnd } from '../process/owned-process.ts';
import { bound, outOfMemoryWords } from './bounded-command.ts';
import { processesIn, ranOutOfMemory } from './control-groups.ts';
import { giveToTitle } from './private-home.ts';
import { enterWords } from './network/enter.ts';
import { becomeUser, isPrivileged, titleUid } from './privileges.ts';
import { childrenOf, descendants, signalAll, stopAll } from '../process/process-tree.ts';
import { writeRecord } from './record.ts';
import type { Sandbox, SandboxedTitle, SandboxRecord, TitleRun } from './sandbox.ts';
import { filterProgram } from './seccomp/filter-program.ts';
import { TITLE_RULES } from './seccomp/rules.ts';
import type { Mount } from './system-view.ts';
import { titlesEnd } from './titles-end.ts';
import { containerName, HOME_INSIDE, HOST_NAME, type Identity, insideEnvironment, titleView } from './view.ts';

const execute = promisify(execFile);
const CHECK_TIMEOUT_MS = 5_000;
/** Their files are root's to write whatever capabilities it has, and bubblewrap does not see that. */
const SETTINGS_OF_THE_KERNEL = ['/proc/sys', '/proc/irq', '/proc/bus', '/proc/fs', '/proc/sysrq-trigger'];
/** Inside a user namespace the ids mean nothing outside. */
const NAMESPACED: Identity = { uid: 1000, gid: 1000 };

/**
 * bubblewrap. As root the title gets a user id that nobody else has, and no user namespace: the host's root is then not
 * its user in any namespace, and no capability can be had. As any other user it gets a user namespace.
 */
export class Bubblewrap implements Sandbox {
  readonly name = 'bubblewrap';
  readonly #ownUid: boolean;

  constructor(options: { ownUid?: boolean } = {}) {
    this.#ownUid = options.ownUid ?? isPrivileged();
  }

  async unavailable(): Promise<string | undefined> {
    try {
      const args = [
        ...this.#namespaces({ ipc: true, network: true }),
        '--ro-bind',
        '/',
        '/',
        '--proc',
        '/proc',
        '--dev',
        '/dev',
      ];
      await execute('bwrap', [...args, ...(this.#ownUid ? becomeUser(titleUid(), []) : []), '/bin/true'], {
        timeout: CHECK_TIMEOUT_MS,
      });
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        return 'bubblewrap is not installed (apt-get install bubblewrap)';
      const { stderr } = error as { stderr?: string };
      return `bubblewrap cannot make its namespaces here: ${stderr?.trim().split('\n').at(-1) || String(error)}`;
    }
  }

  async start(run: TitleRun, onExit: (end: ProgramEnd, lastWords: string) => void): Promise<SandboxedTitle> {
    const uid = titleUid();
    const identity = this.#ownUid ? { uid, gid: uid } : NAMESPACED;
    if (this.#ownUid) await giveToTitle(run.folder, run.sees, uid);
    const { words, groups } = bound(run.folder, run.limits);
    const record: SandboxRecord = {
      sandbox: this.name,
      container: containerName(run.folder),
      groups,
      uid: this.#ownUid ? uid : null,
    };
    const [argumentsFile, filterFile] = [join(run.folder, 'bubblewrap'), join(run.folder, 'seccomp')];
    const filter = filterProgram(TITLE_RULES, process.arch);
    // By file: a title can read the command line of its namespace's first process, and need not know the host's paths.
    const args = [
      ...this.#namespaces({ ipc: run.ipcOf === undefined, network: run.network === undefined }),
      ...[
        '--proc',
        '/proc',
        ...SETTINGS_OF_THE_KERNEL.flatMap((path) => ['--ro-bind-try', path, path]),
        '--dev',
        '/dev',
      ],
      ...allMountWords(await titleView(run, identity)),
      ...['--remount-ro', '/', '--remount-ro', '/dev', '--chdir', this.#ownUid ? '/' : HOME_INSIDE],
      ...(filter === undefined ? [] : ['--seccomp', '4']),
    ];
    await Promise.all([
      writeRecord(run.folder, record),
      writeFile(argumentsFile, args.map((arg) => `${arg}\0`).join('')),
      writeFile(filterFile, filter ?? ''),
    ]);
    const ipc = run.ipcOf === undefined ? [] : ['nsenter', `--ipc=/proc/${run.ipcOf}/ns/ipc`];
    const command = [
      ...words,
      ...ipc,
      ...(run.network === undefined ? [] : enterWords(run.network)),
      'bwrap',
      '--args',
      '3',
      '--',
      ...this.#become(uid, run.devices),
      run.command,
      ...run.args,
    ];
    const files = [argumentsFile, filterFile].map((file) => openSync(file, 'r'));
    const owned = new OwnedProcess(
      command[0] as string,
      command.slice(1),
      {
        env: { ...run.env, ...insideEnvironment(identity.uid) },
        cwd: '/',
        nice: run.nice,
        extraStdio: files,
        terminate: () => signalAll(titlesOwn(owned.child.pid), 'SIGTERM'),
      },
      (end, lastWords) => {
        const why = ranOutOfMemory(groups) ? ` ${outOfMemoryWords(run.limits)}` : '';
        onExit(titlesEnd(end), `${lastWords}${why}`.trim());
      },
    );
    for (const file of files) closeSync(file);
    const processes = () => (groups.length > 0 ? processesIn(groups) : descendants(owned.child.pid ?? -1));
    return {
      freeze: () => stopAll(processes),
      thaw: () => signalAll(processes(), 'SIGCONT'),
      stop: async () => {
        signalAll(processes(), 'SIGCONT');
        await owned.stop();
      },
    };
  }

  // Its namespace's first process dies with the process that started it, and everything in the namespace with that.
  async end(): Promise<void> {}

  /** `ipc`, `network`: of its own, instead of the one it was started in. */
  #namespaces(own: { ipc: boolean; network: boolean }): string[] {
    return [
      ...['--unshare-pid', '--unshare-uts', '--unshare-cgroup-try', '--hostname', HOST_NAME],
      ...(own.ipc ? ['--unshare-ipc'] : []),
      ...(own.network ? ['--unshare-net'] : []),
      ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
      ...(this.#ownUid
        ? ['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP']
        : ['--unshare-user', '--uid', String(NAMESPACED.uid), '--gid', String(NAMESPACED.gid)]),
    ];
  }

  #become(uid: number, devices: string[] = []): string[] {
    // Without capabilities root may not enter the title's home; the title's user may.
    return this.#ownUid ? [...becomeUser(uid, devices), '/usr/bin/env', '--chdir', HOME_INSIDE] : [];
  }
}

/** bubblewrap makes missing folders for root alone; the title's user must get through them. */
function allMountWords(mounts: Mount[]): string[] {
  const made = new Set(['/', '/proc', '/dev']);
  return mounts.flatMap((mount) => {
    const missing = foldersAbove(mount.at).filter((folder) => !made.has(folder) && !isCovered(folder, mounts));
    for (const folder of missing) made.add(folder);
    if (mount.kind === 'memory') made.add(mount.at);
    return [...missing.flatMap((folder) => ['--perms', '0755', '--dir', folder]), ...mountWords(mount)];
  });
}

const isCovered = (folder: string, mounts: Mount[]): boolean =>
  mounts.some(({ kind, at }) => kind.startsWith('read-') && (folder === at || folder.startsWith(`${at}/`)));

/** Outermost first, without `/` itself. */
function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === '/' ? [] : [...foldersAbove(above), above];
}

function mountWords(mount: Mount): string[] {
  switch (mount.kind) {
    case 'read-only':
      return ['--ro-bind-try', mount.from, mount.at];
    case 'read-write':
      return ['--bind', mount.from, mount.at];
    case 'device':
      return ['--dev-bind-try', mount.at, mount.at];
    case 'link':
      return ['--symlink', mount.to, mount.at];
    case 'memory':
      return ['--perms', '1777', '--size', String(mount.sizeMb * 2 ** 20), '--tmpfs', mount.at];
  }
}

/** The title's own first processes: children of its namespace's first process, which is bubblewrap's child. */
function titlesOwn(bubblewrap: number | undefined): number[] {
  return bubblewrap === undefined ? [] : childrenOf(bubblewrap).flatMap(childrenOf);
}
