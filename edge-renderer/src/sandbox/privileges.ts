import { readFileSync, statSync } from 'node:fs';
import { deviceFiles } from './system-view.ts';

// Bits of linux/capability.h.
const OTHER_USERS = { CHOWN: 0, DAC_OVERRIDE: 1, KILL: 5, SETGID: 6, SETUID: 7, SETPCAP: 8 };
const ADMINISTRATION = { ...OTHER_USERS, SYS_ADMIN: 21 };
/** First of the user ids titles get; above everything distributions give out, and below 2^31. */
const FIRST_TITLE_UID = 1_802_000_000;
/** First of the user ids of titles' relays; process ids are below 2^22. */
const FIRST_RELAY_UID = 1_807_000_000;

/** Whether this process may mount, and make namespaces without a user namespace. */
export const isPrivileged = (): boolean => holds(ADMINISTRATION);

/** Whether this process may give its children another user id, and end them then. */
export const mayChangeUser = (): boolean => holds(OTHER_USERS);

function holds(capabilities: Record<string, number>): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return process.getuid?.() === 0 && Object.values(capabilities).every((bit) => (held >> BigInt(bit)) & 1n);
}

/** A user id for a title of this process: no other living process of the machine has it. */
export const titleUid = (): number => FIRST_TITLE_UID + process.pid;

/** A user id for the relay of this process's title, which must not be able to reach it, nor end with it. */
export const relayUid = (): number => FIRST_RELAY_UID + process.pid;

/** Words before a command that make root the title's user for good: without capabilities, without a way to get any. */
export function becomeUser(uid: number, devices: string[]): string[] {
  const groups = groupsOf(devices);
  const supplementary = groups.length === 0 ? ['--clear-groups'] : ['--groups', groups.join(',')];
  const never = ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
  return ['/usr/bin/setpriv', '--reuid', String(uid), '--regid', String(uid), ...supplementary, ...never, '--'];
}

/** A GPU's files belong to groups such as `render`; nothing else of the title's world does. */
export function groupsOf(devices: string[]): number[] {
  const groups = new Set(devices.flatMap(deviceFiles).map((file) => statSync(file).gid));
  groups.delete(0);
  return [...groups];
}
