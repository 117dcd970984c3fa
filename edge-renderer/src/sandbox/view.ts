import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { privateHome } from './private-home.ts';
import type { TitleRun } from './sandbox.ts';
import { type Mount, readOnly, systemView } from './system-view.ts';

/** Where a title finds its home, whatever machine it runs on: games write such paths into their saves. */
export const HOME_INSIDE = '/home/player';
export const HOST_NAME = 'kilat';

/** User and group id inside, and XDG_RUNTIME_DIR there. */
export interface Identity {
  uid: number;
  gid: number;
}

/** Everything a title sees besides /proc, /dev and its own temporary files. */
export async function titleView(run: TitleRun, { uid, gid }: Identity): Promise<Mount[]> {
  const { home, runtime } = privateHome(run.folder);
  const accounts = join(run.folder, 'accounts');
  await mkdir(accounts, { recursive: true });
  const files = {
    passwd: `player:x:${uid}:${gid}:Player:${HOME_INSIDE}:/bin/sh\nnobody:x:65534:65534::/:/usr/sbin/nologin\n`,
    group: `player:x:${gid}:\nnogroup:x:65534:\n`,
    hosts: `127.0.0.1 localhost ${HOST_NAME}\n::1 localhost\n${run.network?.hosts ?? ''}`,
    // Names are looked up in that file alone, whatever the host asks besides; podman would show the host's name servers.
    'resolv.conf': '',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n',
    hostname: `${HOST_NAME}\n`,
  };
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(accounts, name), text)));
  return [
    ...systemView(run.devices.length > 0),
    ...Object.keys(files).map((name): Mount => ({ kind: 'read-only', from: join(accounts, name), at: `/etc/${name}` })),
    { kind: 'memory', at: '/tmp', sizeMb: run.limits.diskMb },
    { kind: 'memory', at: '/dev/shm', sizeMb: run.limits.diskMb },
    ...run.devices.map((at): Mount => ({ kind: 'device', at })),
    ...run.sees.map(readOnly),
    { kind: 'read-write', from: home, at: HOME_INSIDE },
    { kind: 'read-write', from: runtime, at: runtimeInside(uid) },
  ];
}

export const runtimeInside = (uid: number): string => `/run/user/${uid}`;

/** What the sandbox adds to a title's environment. */
export const insideEnvironment = (uid: number): Record<string, string> => ({
  HOME: HOME_INSIDE,
  XDG_RUNTIME_DIR: runtimeInside(uid),
  USER: 'player',
  LOGNAME: 'player',
});

/** Name of a container for engines that keep containers by name: its scratch folder's. */
export const containerName = (folder: string): string => basename(folder).toLowerCase();
