import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type NetworkTarget, parseNetworkTarget } from '@kilat/shared/title/network-target';
import { afterEach } from 'vitest';
import { isPrivileged } from '../../privileges.ts';
import { AllowedHosts } from '../network-setting.ts';
import { enterWords } from '../enter.ts';
import { type NetworkWish, TitleNetwork } from '../title-network.ts';
import type { Call } from './caller.ts';
import type { HostServer } from './host-servers.ts';

const execute = promisify(execFile);
// Asked without our own code: what that cannot do must not be skipped.
const rights = isPrivileged() ? [] : ['--user', '--map-root-user'];
/** Why no network can be made here; undefined where it can. */
export const why = await execute('unshare', [...rights, '--net', '--', 'ip', 'link', 'set', 'lo', 'up']).then(
  () => undefined,
  (error: Error) => error.message,
);
if (why !== undefined) console.log(`titles' networks: not tried, ${why}`);

const closing: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

/** Closed after the test. */
export async function kept<One extends { close(): void | Promise<void> }>(made: Promise<One>): Promise<One> {
  const one = await made;
  closing.push(one);
  return one;
}

/** What a manifest asks for, what an operator's list allows, and the rest of a wish. */
export function wishFor(asked: string[], list: string, more: Partial<NetworkWish> = {}): NetworkWish {
  const targets = asked.map((text) => parseNetworkTarget(text) as NetworkTarget);
  return { targets, allowed: AllowedHosts.parse(list), ...more };
}

/** A network that is closed after the test, and what it says. */
export async function open(asked: string[], list: string, more: Partial<NetworkWish> = {}) {
  const said: string[] = [];
  const network = await kept(TitleNetwork.open(wishFor(asked, list, more), (words) => said.push(words)));
  return { network, said };
}

/** Makes calls from inside a network, all at once; how each ended. */
export async function call(network: TitleNetwork, ...calls: Call[]): Promise<string[]> {
  const [command = '', ...words] = enterWords(network.joined);
  const caller = [process.execPath, join(import.meta.dirname, 'caller.ts'), JSON.stringify(calls)];
  return JSON.parse((await execute(command, [...words, ...caller])).stdout) as string[];
}

export const tcpTo = ({ port }: HostServer, more: Partial<Call> = {}): Call => ({
  ...{ protocol: 'tcp', host: '127.0.0.1', port, text: 'hello' },
  ...more,
});
