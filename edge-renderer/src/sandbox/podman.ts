import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProgramEnd } from '../process/owned-process.ts';
import { groupPlaces } from './control-groups.ts';
import { engineWords } from './engine-words.ts';
import { FIRST_PROCESS } from './first-process.ts';
import { frontedTitle } from './fronted-title.ts';
import { giveToTitle } from './private-home.ts';
import { isPrivileged, titleUid } from './privileges.ts';
import { processesOf } from '../process/process-tree.ts';
import { writeRecord } from './record.ts';
import { makeRootFolder } from './root-folder.ts';
import type { Sandbox, SandboxedTitle, SandboxRecord, TitleRun } from './sandbox.ts';
import { tryOut } from './trial.ts';
import { containerName, insideEnvironment, titleView } from './view.ts';

const execute = promisify(execFile);

/** podman, through its command line, as root. It keeps containers by name and is asked to remove them. */
export class Podman implements Sandbox {
  readonly name = 'podman';

  async unavailable(): Promise<string | undefined> {
    if (!isPrivileged()) return 'podman needs root here';
    try {
      await execute('podman', ['--version']);
    } catch {
      return 'podman is not installed (apt-get install podman runc)';
    }
    const why = await tryOut(this);
    return why && `podman cannot run a program here: ${why}`;
  }

  async start(run: TitleRun, onExit: (end: ProgramEnd, lastWords: string) => void): Promise<SandboxedTitle> {
    const uid = titleUid();
    await giveToTitle(run.folder, run.sees, uid);
    const container = containerName(run.folder);
    await writeRecord(run.folder, { sandbox: this.name, container, groups: [], uid });
    const mounts = await titleView(run, { uid, gid: uid });
    const env = { ...run.env, ...insideEnvironment(uid) };
    const words = await engineWords(run, mounts, { uid, env, container });
    const ipc = run.ipcOf === undefined ? 'private' : `ns:/proc/${run.ipcOf}/ns/ipc`;
    // Without the right to raise limits podman's usual ones cannot be set.
    const ulimits = ['--ulimit', 'nofile=16384:16384', '--ulimit', 'nproc=4096:4096'];
    const root = await makeRootFolder(run.folder, mounts);
    const command = [
      ...podman(),
      'run',
      ...words,
      ...ulimits,
      '--ipc',
      ipc,
      '--no-hosts',
      '--rootfs',
      root,
      ...FIRST_PROCESS,
      run.command,
      ...run.args,
    ];
    return frontedTitle(
      command,
      { run, env: { ...run.env, HOME: '/root' }, groups: [], processes: () => processesOf(uid) },
      onExit,
    );
  }

  async end(_folder: string, { container }: SandboxRecord): Promise<void> {
    const [command = '', ...words] = podman();
    await execute(command, [...words, 'rm', '--force', '--time', '0', '--ignore', container]).catch(() => {});
  }
}

/** crun, podman's usual runtime, does not run where control groups are of both versions. */
const podman = (): string[] => ['podman', ...(groupPlaces().version === 1 ? ['--runtime', 'runc'] : [])];
