import { OwnedProcess, type ProgramEnd } from '../process/owned-process.ts';
import { outOfMemoryWords } from './bounded-command.ts';
import { processesIn, ranOutOfMemory } from './control-groups.ts';
import { signalAll, stopAll } from '../process/process-tree.ts';
import type { SandboxedTitle, TitleRun } from './sandbox.ts';
import { titlesEnd } from './titles-end.ts';

/** Time for a title to save when it is asked to end, ms; 300 were once too few for podman on a busy machine. */
const TITLE_GRACE_MS = 800;

/**
 * A title whose sandbox is a program of its own that stays in front of it, passes SIGTERM on and exits with the title's
 * status. `processes` lists the title's, `groups` are the control groups it is in.
 */
export function frontedTitle(
  command: string[],
  {
    run,
    env,
    groups,
    processes,
  }: { run: TitleRun; env: Record<string, string>; groups: string[]; processes?: () => number[] },
  onExit: (end: ProgramEnd, lastWords: string) => void,
): SandboxedTitle {
  const list = processes ?? (() => processesIn(groups));
  const owned = new OwnedProcess(
    command[0] as string,
    command.slice(1),
    { env, cwd: '/', nice: run.nice },
    (end, words) => {
      const why = ranOutOfMemory(groups) ? ` ${outOfMemoryWords(run.limits)}` : '';
      onExit(titlesEnd(end), `${words}${why}`.trim());
    },
  );
  return {
    freeze: () => stopAll(list),
    thaw: () => signalAll(list(), 'SIGCONT'),
    stop: async () => {
      signalAll(list(), 'SIGCONT');
      await owned.stop(TITLE_GRACE_MS);
    },
  };
}
