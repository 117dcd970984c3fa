import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ProgramEnd } from '../process/owned-process.ts';
import { bound } from './bounded-command.ts';
import { groupPlaces } from './control-groups.ts';
import { frontedTitle } from './fronted-title.ts';
import { ociConfig } from './oci-config.ts';
import { giveToTitle } from './private-home.ts';
import { isPrivileged, titleUid } from './privileges.ts';
import { writeRecord } from './record.ts';
import { makeRootFolder } from './root-folder.ts';
import type { Sandbox, SandboxedTitle, SandboxRecord, TitleRun } from './sandbox.ts';
import { tryOut } from './trial.ts';
import { containerName, insideEnvironment, titleView } from './view.ts';

const execute = promisify(execFile);
const RUNTIME = 'runc';

/** An OCI runtime (runc) on a bundle of its own for each title. As root only: the title's user id is nobody else's. */
export class Oci implements Sandbox {
  readonly name = 'oci';

  async unavailable(): Promise<string | undefined> {
    if (!isPrivileged()) return 'runc needs root';
    try {
      await execute(RUNTIME, ['--version']);
    } catch {
      return 'runc is not installed (apt-get install runc)';
    }
    const why = await tryOut(this);
    return why && `runc cannot run a program here: ${why}`;
  }

  async start(run: TitleRun, onExit: (end: ProgramEnd, lastWords: string) => void): Promise<SandboxedTitle> {
    const uid = titleUid();
    await giveToTitle(run.folder, run.sees, uid);
    const container = containerName(run.folder);
    const { words, groups, groupPath } = this.#bounds(run, container);
    await writeRecord(run.folder, { sandbox: this.name, container, groups, uid });
    const bundle = join(run.folder, 'bundle');
    await mkdir(bundle, { recursive: true });
    const mounts = await titleView(run, { uid, gid: uid });
    const env = { ...run.env, ...insideEnvironment(uid) };
    const config = ociConfig(run, mounts, { uid, env, root: await makeRootFolder(bundle, mounts), groupPath });
    await writeFile(join(bundle, 'config.json'), JSON.stringify(config));
    const command = [...words, RUNTIME, '--root', stateOf(run.folder), 'run', '--bundle', bundle, container];
    // The mark is on runc too: it ends with the container's other processes.
    return frontedTitle(command, { run, env: { ...run.env, XDG_RUNTIME_DIR: run.folder }, groups }, onExit);
  }

  async end(folder: string, { container }: SandboxRecord): Promise<void> {
    await execute(RUNTIME, ['--root', stateOf(folder), 'delete', '--force', container]).catch(() => {});
  }

  /**
   * With control groups of version 1 runc makes its own below those it is started in, so ours bound both. With version 2
   * it makes one beside, so that it sets the limits itself.
   */
  #bounds(run: TitleRun, container: string): { words: string[]; groups: string[]; groupPath: string } {
    if (groupPlaces().version === 1) return { ...bound(run.folder, run.limits), groupPath: container };
    return { words: [], groups: [`/sys/fs/cgroup/${container}`], groupPath: `/${container}` };
  }
}

const stateOf = (folder: string): string => join(folder, 'runtime-state');
