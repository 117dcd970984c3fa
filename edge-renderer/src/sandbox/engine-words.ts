import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { groupsOf } from './privileges.ts';
import type { TitleRun } from './sandbox.ts';
import { ociSeccomp } from './seccomp/oci-profile.ts';
import { TITLE_RULES } from './seccomp/rules.ts';
import type { Mount } from './system-view.ts';
import { HOME_INSIDE, HOST_NAME } from './view.ts';

/** Options of `run` that podman and docker share: what a title sees, may do and may use. Without the image. */
export async function engineWords(
  run: TitleRun,
  mounts: Mount[],
  { uid, env, container }: { uid: number; env: Record<string, string>; container: string },
): Promise<string[]> {
  const profile = join(run.folder, 'seccomp.json');
  await writeFile(profile, JSON.stringify(ociSeccomp(TITLE_RULES)));
  const { memoryMb, cpus, pids } = run.limits;
  return [
    ...['--rm', '--name', container, '--hostname', HOST_NAME, '--workdir', HOME_INSIDE, '--user', `${uid}:${uid}`],
    ...['--read-only', '--network', run.network === undefined ? 'none' : `ns:${run.network.network}`],
    ...['--cap-drop', 'ALL', '--log-driver', 'none'],
    ...['--security-opt', 'no-new-privileges', '--security-opt', `seccomp=${profile}`],
    ...['--memory', `${memoryMb}m`, '--memory-swap', `${memoryMb}m`, '--pids-limit', String(pids)],
    ...(cpus < availableParallelism() ? ['--cpus', String(cpus)] : []),
    ...['--ulimit', 'core=0:0', '--attach', 'stdout', '--attach', 'stderr'],
    ...groupsOf(run.devices).flatMap((group) => ['--group-add', String(group)]),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...mounts.flatMap(mountWords),
  ];
}

function mountWords(mount: Mount): string[] {
  switch (mount.kind) {
    case 'read-only':
      return existsSync(mount.from) ? ['--mount', `type=bind,src=${mount.from},dst=${mount.at},ro`] : [];
    case 'read-write':
      return ['--mount', `type=bind,src=${mount.from},dst=${mount.at}`];
    case 'device':
      return ['--device', mount.at];
    case 'memory':
      return mount.at === '/dev/shm'
        ? ['--shm-size', `${mount.sizeMb}m`]
        : ['--tmpfs', `${mount.at}:rw,nosuid,nodev,mode=1777,size=${mount.sizeMb}m`];
    case 'link':
      return [];
  }
}
