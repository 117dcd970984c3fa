import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ProgramEnd } from '../process/owned-process.ts';
import { engineWords } from './engine-words.ts';
import { FIRST_PROCESS } from './first-process.ts';
import { frontedTitle } from './fronted-title.ts';
import { giveToTitle } from './private-home.ts';
import { isPrivileged, titleUid } from './privileges.ts';
import { processesOf } from '../process/process-tree.ts';
import { writeRecord } from './record.ts';
import { makeRootFolder } from './root-folder.ts';
import type { Sandbox, SandboxedTitle, SandboxRecord, TitleRun } from './sandbox.ts';
import { type Mount, systemView } from './system-view.ts';
import { tryOut } from './trial.ts';
import { containerName, insideEnvironment, titleView } from './view.ts';

const execute = promisify(execFile);
/** An image with nothing in it but the links of a merged /usr. */
const IMAGE = 'kilat-empty:1';

/** docker, through its command line and a daemon on this machine. Its titles hand pictures over by socket. */
export class Docker implements Sandbox {
  readonly name = 'docker';

  async unavailable(): Promise<string | undefined> {
    if (!isPrivileged()) return 'docker needs root here';
    try {
      await execute('docker', ['version', '--format', '{{.Server.Version}}']);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'docker is not installed';
      return 'docker has no daemon here';
    }
    const why = await tryOut(this);
    return why && `docker cannot run a program here: ${why}`;
  }

  async start(run: TitleRun, onExit: (end: ProgramEnd, lastWords: string) => void): Promise<SandboxedTitle> {
    const uid = titleUid();
    await giveToTitle(run.folder, run.sees, uid);
    const container = containerName(run.folder);
    await writeRecord(run.folder, { sandbox: this.name, container, groups: [], uid });
    const mounts = await titleView(run, { uid, gid: uid });
    const env = { ...run.env, ...insideEnvironment(uid) };
    const words = await engineWords(run, mounts, { uid, env, container });
    await makeImage(systemView(false));
    const command = [
      'docker',
      'run',
      ...words,
      '--ipc',
      'private',
      '--pull',
      'never',
      IMAGE,
      ...FIRST_PROCESS,
      run.command,
      ...run.args,
    ];
    return frontedTitle(command, { run, env: run.env, groups: [], processes: () => processesOf(uid) }, onExit);
  }

  async end(_folder: string, { container }: SandboxRecord): Promise<void> {
    await execute('docker', ['rm', '--force', container]).catch(() => {});
  }
}

/** Imports the image where the daemon does not have it. */
async function makeImage(mounts: Mount[]): Promise<void> {
  const there = await execute('docker', ['image', 'inspect', IMAGE]).then(
    () => true,
    () => false,
  );
  if (there) return;
  const folder = await mkdtemp(join(tmpdir(), 'kilat-image-'));
  try {
    const archive = spawn('tar', ['-C', await makeRootFolder(folder, mounts), '-c', '.'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const imported = spawn('docker', ['import', '-', IMAGE], { stdio: [archive.stdout, 'ignore', 'ignore'] });
    const [status] = (await once(imported, 'exit')) as [number | null];
    if (status !== 0) throw new Error('docker did not take the empty image');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
