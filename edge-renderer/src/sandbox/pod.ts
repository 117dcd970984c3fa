import { chmod, chown } from 'node:fs/promises';
import { OwnedProcess, type ProgramEnd } from '../process/owned-process.ts';
import { bound, outOfMemoryWords } from './bounded-command.ts';
import { processesIn, ranOutOfMemory, removeGroups } from './control-groups.ts';
import { giveToTitle, privateHome } from './private-home.ts';
import { becomeUser, mayChangeUser, titleUid } from './privileges.ts';
import { descendants, endUser, signalAll, stopAll } from '../process/process-tree.ts';
import { writeRecord } from './record.ts';
import type { Sandbox, SandboxedTitle, TitleRun } from './sandbox.ts';
import { containerName } from './view.ts';

/**
 * Inside a Kubernetes pod, which keeps the title from host and network. Ours are its limits, its home, and a user id of
 * its own, so that sessions of one pod cannot read each other.
 */
export class Pod implements Sandbox {
  readonly name = 'pod';

  async unavailable(): Promise<undefined> {}

  async start(run: TitleRun, onExit: (end: ProgramEnd, lastWords: string) => void): Promise<SandboxedTitle> {
    const uid = mayChangeUser() ? titleUid() : null;
    const { home, runtime } = privateHome(run.folder);
    if (uid !== null) {
      await giveToTitle(run.folder, run.sees, uid);
      // The title may walk through its container's folder, other titles may not.
      await chown(run.folder, 0, uid);
      await chmod(run.folder, 0o710);
    }
    const { words, groups } = bound(run.folder, run.limits);
    await writeRecord(run.folder, { sandbox: this.name, container: containerName(run.folder), groups, uid });
    const become = uid === null ? ['setpriv', '--no-new-privs', '--'] : becomeUser(uid, run.devices);
    // A changed user id takes the parent-death signal away; it is asked for anew.
    const command = [...words, ...become, 'setpriv', '--pdeathsig', 'KILL', '--', run.command, ...run.args];
    const env = { ...run.env, HOME: home, XDG_RUNTIME_DIR: runtime };
    const owned = new OwnedProcess(
      command[0] as string,
      command.slice(1),
      { env, cwd: home, nice: run.nice },
      (end, lastWords) =>
        onExit(end, ranOutOfMemory(groups) ? `${lastWords} ${outOfMemoryWords(run.limits)}`.trim() : lastWords),
    );
    const processes = () => {
      const pid = owned.child.pid ?? -1;
      return groups.length > 0 ? processesIn(groups) : [pid, ...descendants(pid)];
    };
    return {
      freeze: () => stopAll(processes),
      thaw: () => signalAll(processes(), 'SIGCONT'),
      stop: async () => {
        signalAll(processes(), 'SIGCONT');
        await owned.stop();
        // There is no namespace to end with its first process.
        await removeGroups(groups);
        if (uid !== null) await endUser(uid);
      },
    };
  }

  async end(): Promise<void> {}
}
