import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPrivileged, relayUid } from '../privileges.ts';
import { childrenOf } from '../../process/process-tree.ts';
import { eventually } from '../testing/host.ts';
import { networkPlan } from './plan.ts';
import { NetworkUnavailableError, RelayProcess } from './relay-process.ts';
import { tcpServer } from './testing/host-servers.ts';
import { call, kept, open, tcpTo, why, wishFor } from './testing/open-network.ts';
import { HANGING_IP, otherIp } from './testing/other-ip.ts';
import { TitleNetwork } from './title-network.ts';

const here = test.skipIf(why !== undefined);
const asked = ['127.0.0.1:9'];

const relays = () =>
  childrenOf(process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('relay.ts');
    } catch {
      return false;
    }
  });
const reaches = (said: string[], times: number) =>
  eventually(
    () => said,
    (all) => all.length >= times,
  );

here('a relay that dies is replaced in the same network, and not for ever', async () => {
  const server = await kept(tcpServer());
  const patience = { pausesMs: [0, 10] };
  const { network, said } = await open([`127.0.0.1:${server.port}`], '127.0.0.1:*', { patience });
  const { network: before } = network.joined;
  for (const times of [1, 2]) {
    process.kill(network.relayPid as number, 'SIGKILL');
    await reaches(said, times);
    expect(said[times - 1]).toContain('relay died; what was connected is cut');
    expect(network.joined.network).toBe(before);
    expect(await call(network, tcpTo(server))).toEqual(['hello']);
  }
  process.kill(network.relayPid as number, 'SIGKILL');
  await reaches(said, 3);
  expect(said[2]).toContain('no network any more');
  expect(await call(network, tcpTo(server))).toEqual(['ECONNREFUSED']);
});

here('a replacement that cannot be started, or hangs, is not the last one', async () => {
  const server = await kept(tcpServer());
  const patience = { pausesMs: [0, 500, 500], readyMs: 4_000 };
  const { network, said } = await open([`127.0.0.1:${server.port}`], '127.0.0.1:*', { patience });
  const broken = await kept(otherIp('echo broken >&2; exit 1'));
  process.kill(network.relayPid as number, 'SIGKILL');
  await reaches(said, 1);
  broken.putBack();
  expect(said[0]).toContain('another did not start: no network could be made for the title: broken');
  const hanging = await kept(otherIp(HANGING_IP));
  await reaches(said, 2);
  hanging.putBack();
  expect(said[1]).toContain('its relay did not get ready');
  await reaches(said, 3);
  expect(said[2]).toContain('another relay takes new connections');
  expect(relays()).toEqual([network.relayPid]);
  expect(await call(network, tcpTo(server))).toEqual(['hello']);
});

here('what hangs while it opens is killed after a while', async () => {
  await kept(otherIp(HANGING_IP));
  const opening = TitleNetwork.open(wishFor(asked, '*', { patience: { readyMs: 300 } }), () => {});
  await expect(opening).rejects.toThrow('its relay did not get ready');
  expect(relays()).toEqual([]);
});

here('it can be closed while it opens', async () => {
  await kept(otherIp(HANGING_IP));
  const network = new TitleNetwork(wishFor(asked, '*'), () => {});
  const refused = expect(network.ready).rejects.toThrow(NetworkUnavailableError);
  await eventually(relays, (found) => found.length > 0);
  await network.close();
  await refused;
  expect(relays()).toEqual([]);
});

here('it can be closed when its relay has died and nobody has heard of it yet', async () => {
  const { network } = await open(asked, '*');
  const pid = network.relayPid as number;
  process.kill(pid, 'SIGKILL');
  // Without a turn of the event loop, in which its end would be heard of: words to it fail then.
  while (!/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));
  await network.close();
  expect(relays()).toEqual([]);
});

here('namespaces that are gone before they are held make no network', async () => {
  const { targets, allowed } = wishFor(asked, '*');
  const bounds = { connections: 1, flows: 1, flowIdleMs: 1_000, connectMs: 1_000, halfClosedMs: 1_000 };
  const enter = isPrivileged() ? ['unshare', '--net', '--'] : ['unshare', '--user', '--map-root-user', '--net', '--'];
  const relay = new RelayProcess({ plan: networkPlan(targets), allowed, bounds, enter, become: undefined }, 10_000, {
    hold: () => {
      throw new Error('ENOENT');
    },
    say: () => {},
  });
  await expect(relay.ready).rejects.toThrow('no network could be made for the title: ENOENT');
  await relay.gone;
  expect(relays()).toEqual([]);
});

test('a machine without setpriv makes no network, and says so', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nonexistent';
  try {
    await expect(TitleNetwork.open(wishFor(asked, '*'), () => {})).rejects.toThrow('ENOENT');
  } finally {
    process.env.PATH = path;
  }
});

const asRoot = test.skipIf(why !== undefined || !isPrivileged());
if (!isPrivileged()) console.log("a relay's rights: not tried, only root's has any");
asRoot('a relay that is ready has no rights, in none of its threads, nor can it get any', async () => {
  const server = await kept(tcpServer());
  const { network, said } = await open([`127.0.0.1:${server.port}`], '127.0.0.1:*', { patience: { pausesMs: [0] } });
  const lines = () => {
    const { relayPid } = network;
    return readdirSync(`/proc/${relayPid}/task`).map((thread) => {
      const status = readFileSync(`/proc/${relayPid}/task/${thread}/status`, 'utf8');
      return ['Uid', 'Gid', 'Groups', 'CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs'].map((name) =>
        new RegExp(`^${name}:(.*)$`, 'm').exec(status)?.[1]?.trim().replaceAll('\t', ' '),
      );
    });
  };
  const ids = Array(4).fill(relayUid()).join(' ');
  const none = '0'.repeat(16);
  const expectNone = () => {
    expect(lines().length).toBeGreaterThan(1);
    for (const line of lines()) expect(line).toEqual([ids, ids, '', none, none, none, none, '1']);
  };
  expectNone();
  expect(await call(network, tcpTo(server))).toEqual(['hello']);
  process.kill(network.relayPid as number, 'SIGKILL');
  await reaches(said, 1);
  expectNone();
  expect(await call(network, tcpTo(server))).toEqual(['hello']);
});

here('the relay dies with the process that opened the network', async () => {
  const opener = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'opener.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(opener.stdout, 'data')) as [Buffer];
  const relay = Number(line.toString());
  expect(readFileSync(`/proc/${relay}/cmdline`, 'utf8')).toContain('relay.ts');
  opener.kill('SIGKILL');
  await eventually(
    () => existsSync(`/proc/${relay}/exe`),
    (lives) => !lives,
  );
});
