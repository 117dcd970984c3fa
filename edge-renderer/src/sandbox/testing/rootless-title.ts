import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type NetworkTarget, parseNetworkTarget } from '@kilat/shared/title/network-target';
import { Bubblewrap } from '../bubblewrap.ts';
import { endTitle } from '../end-title.ts';
import { AllowedHosts } from '../network/network-setting.ts';
import { TitleNetwork } from '../network/title-network.ts';
import { makePrivateHome, removeFolder } from '../private-home.ts';
import { isPrivileged } from '../privileges.ts';

// What an edge that is not root does with a title that calls one host: `calls` and the host it may reach are arguments. The
// title closes a folder of its own, which must not keep the container's folder from going.
if (isPrivileged()) throw new Error('this is to be run without privileges');
const [calls = '', host = ''] = process.argv.slice(2);
const folder = await mkdtemp(join('/dev/shm', 'kilat-rootless-'));
const caller = join(import.meta.dirname, '..', 'network', 'testing', 'caller.ts');
const limits = { memoryMb: 512, cpus: 1, pids: 64, diskMb: 16 };
const targets = [parseNetworkTarget(host) as NetworkTarget];
const network = await TitleNetwork.open({ targets, allowed: AllowedHosts.parse(host) }, console.error);
try {
  await makePrivateHome(folder, limits.diskMb);
  const ended = Promise.withResolvers<string>();
  await new Bubblewrap().start(
    {
      folder,
      command: '/bin/sh',
      args: [
        '-c',
        'mkdir -p "$HOME/closed/inner" && chmod 0 "$HOME/closed" && exec "$0" "$1" "$2" > "$HOME/outcomes"',
        process.execPath,
        caller,
        calls,
      ],
      env: { PATH: '/usr/bin:/bin' },
      nice: 0,
      sees: [process.execPath, caller],
      devices: [],
      limits,
      ipcOf: undefined,
      network: network.joined,
    },
    ({ code }, words) => ended.resolve(`${code} ${words}`),
  );
  const end = await ended.promise;
  console.log(end.startsWith('0 ') ? readFileSync(join(folder, 'home', 'outcomes'), 'utf8') : JSON.stringify(end));
} finally {
  await network.close();
  await endTitle(folder);
  await removeFolder(folder);
}
