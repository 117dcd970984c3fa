import { existsSync, statSync } from 'node:fs';
import { FIRST_PROCESS } from './first-process.ts';
import { groupsOf } from './privileges.ts';
import type { TitleRun } from './sandbox.ts';
import { ociSeccomp } from './seccomp/oci-profile.ts';
import { TITLE_RULES } from './seccomp/rules.ts';
import { deviceFiles, type Mount } from './system-view.ts';
import { HOME_INSIDE, HOST_NAME } from './view.ts';

const PERIOD_US = 100_000;

/** The first process, which dies with the runtime in front of it. */
const FIRST = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--', ...FIRST_PROCESS];

const FILESYSTEMS = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k'] },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
];
/** What /proc tells of the host or lets root's user change. */
const MASKED = ['/proc/acpi', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/proc/scsi'];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** config.json of an OCI bundle (runtime-spec 1.0) that runs a title as `uid`. */
export function ociConfig(
  run: TitleRun,
  mounts: Mount[],
  { uid, env, root, groupPath }: { uid: number; env: Record<string, string>; root: string; groupPath: string },
) {
  const devices = run.devices.flatMap(deviceFiles).map(deviceNode);
  const { limits } = run;
  return {
    ociVersion: '1.0.2',
    hostname: HOST_NAME,
    root: { path: root, readonly: true },
    process: {
      terminal: false,
      user: { uid, gid: uid, additionalGids: groupsOf(run.devices) },
      args: [...FIRST, run.command, ...run.args],
      env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      cwd: HOME_INSIDE,
      capabilities: {},
      rlimits: [{ type: 'RLIMIT_CORE', hard: 0, soft: 0 }],
      noNewPrivileges: true,
    },
    mounts: [...FILESYSTEMS, ...mounts.flatMap(ociMount)],
    linux: {
      namespaces: [
        ...['pid', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
        { type: 'network', ...(run.network === undefined ? {} : { path: run.network.network }) },
        { type: 'ipc', ...(run.ipcOf === undefined ? {} : { path: `/proc/${run.ipcOf}/ns/ipc` }) },
      ],
      cgroupsPath: groupPath,
      devices,
      resources: {
        devices: [
          { allow: false, access: 'rwm' },
          ...devices.map(({ type, major, minor }) => ({ allow: true, type, major, minor, access: 'rwm' })),
        ],
        memory: { limit: limits.memoryMb * 2 ** 20 },
        pids: { limit: limits.pids },
        cpu: { period: PERIOD_US, quota: Math.round(limits.cpus * PERIOD_US) },
      },
      seccomp: ociSeccomp(TITLE_RULES),
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
    },
  };
}

function ociMount(mount: Mount) {
  switch (mount.kind) {
    case 'read-only':
      if (!existsSync(mount.from)) return [];
      return [{ destination: mount.at, type: 'bind', source: mount.from, options: ['rbind', 'ro', 'nosuid', 'nodev'] }];
    case 'read-write':
      return [{ destination: mount.at, type: 'bind', source: mount.from, options: ['rbind', 'rw', 'nosuid', 'nodev'] }];
    case 'memory': {
      const options = ['nosuid', 'nodev', 'mode=1777', `size=${mount.sizeMb}m`];
      return [{ destination: mount.at, type: 'tmpfs', source: 'tmpfs', options }];
    }
    // Links are in the root folder, devices are made by the runtime.
    case 'link':
    case 'device':
      return [];
  }
}

/** makedev(3): 12 bits of major, 20 of minor. */
function deviceNode(path: string) {
  const { rdev, mode, uid, gid } = statSync(path);
  const [major, minor] = [(rdev >> 8) & 0xfff, (rdev & 0xff) | ((rdev >> 12) & 0xfff00)];
  return { path, type: 'c', major, minor, fileMode: mode & 0o777, uid, gid };
}
