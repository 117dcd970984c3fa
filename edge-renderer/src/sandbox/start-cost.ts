import { watch } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { distribution } from '@kilat/shared/latency/quantiles';
import { bundledTitles, loadTitles } from '@kilat/titles/load';
import { resolveCommand } from '@kilat/titles/resolve';
import { endTitle, sandboxNamed } from './choose.ts';
import { limitsOf, machineAllowance } from './limits.ts';
import { NetworkUnavailableError } from './network/relay-process.ts';
import { TitleNetwork } from './network/title-network.ts';
import { makePrivateHome, privateHome, removeFolder } from './private-home.ts';
import { SANDBOX_NAMES, type Sandbox } from './sandbox.ts';
import { titleFiles } from './title-files.ts';

// What a sandbox adds to a cold launch: from the moment the title is to start to its program's first act, which is the
// same small program for all, in turn. `npm run bench:sandbox -- [--times N]`

/** The cold launch may grow by this much, ms (p50). */
const GOAL_MS = 80;

const { values } = parseArgs({ options: { times: { type: 'string', default: '40' } } });
const times = Number(values.times);
const { titles } = await loadTitles([bundledTitles]);
const [title] = titles.filter(({ id }) => id === 'latency-probe');
if (title === undefined) throw new Error('the latency probe is not there');
const sees = titleFiles(title, resolveCommand(title, { node: process.execPath }));
const limits = limitsOf(title.sandbox, machineAllowance());

/** One start, ms. Without a sandbox the home is a plain folder. */
async function startMs(sandbox: Sandbox): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-cost-'));
  const { home, runtime } = privateHome(folder);
  const startedMs = performance.now();
  if (sandbox.name === 'none') await Promise.all([home, runtime].map((path) => mkdir(path)));
  else await makePrivateHome(folder, limits.diskMb);
  const acted = Promise.withResolvers<number>();
  const watcher = watch(home, (_event, name) => name === 'up' && acted.resolve(performance.now() - startedMs));
  const started = await sandbox.start(
    {
      folder,
      command: '/bin/sh',
      args: ['-c', 'echo > "$HOME/up"; exec sleep 100'],
      env: { PATH: '/usr/bin:/bin' },
      nice: 5,
      sees,
      devices: [],
      limits,
      ipcOf: undefined,
      network: undefined,
    },
    ({ code, signal }, words) => acted.reject(new Error(`${sandbox.name} ended (${signal ?? code}): ${words}`)),
  );
  const tookMs = await acted.promise;
  watcher.close();
  await started.stop();
  await endTitle(folder);
  await removeFolder(folder);
  return tookMs;
}

const measured = new Map<Sandbox, number[]>();
for (const name of SANDBOX_NAMES) {
  const sandbox = sandboxNamed(name);
  const why = await sandbox.unavailable();
  if (why === undefined) measured.set(sandbox, []);
  else console.log(`${name}: not measured, ${why}`);
}
for (const sandbox of measured.keys()) await startMs(sandbox);
for (let round = 0; round < times; round++) {
  for (const [sandbox, samples] of measured) samples.push(await startMs(sandbox));
}
/** How long a title's network takes, from its wish to everything being listened for, ms; undefined where none can be made. */
async function networkMs(): Promise<number | undefined> {
  const target = { protocol: 'tcp', kind: 'name', host: 'scores.example.net', port: 443 } as const;
  const startedMs = performance.now();
  try {
    const network = await TitleNetwork.open({ targets: [target], allowed: [] }, () => {});
    const tookMs = performance.now() - startedMs;
    await network.close();
    return tookMs;
  } catch (error) {
    if (!(error instanceof NetworkUnavailableError)) throw error;
    return void console.log(`network: not measured, ${error.message}`);
  }
}

const withoutMs = distribution([...measured].find(([{ name }]) => name === 'none')?.[1] ?? [])?.p50 ?? Number.NaN;
for (const [{ name }, samples] of measured) {
  const { n, p50, p95 } = distribution(samples) ?? { n: 0, p50: Number.NaN, p95: Number.NaN };
  const added = p50 - withoutMs;
  const verdict =
    name === 'none' ? '' : `  adds ${added.toFixed(0)} ms (${added <= GOAL_MS ? 'within' : 'over'} ${GOAL_MS})`;
  console.log(`${name.padEnd(11)} n ${n}  p50 ${p50.toFixed(0)} ms  p95 ${p95.toFixed(0)} ms${verdict}`);
}
const networks: number[] = [];
for (let round = 0; round < times; round++) {
  const tookMs = await networkMs();
  if (tookMs === undefined) break;
  networks.push(tookMs);
}
const network = distribution(networks);
if (network !== undefined)
  console.log(
    `network     n ${network.n}  p50 ${network.p50.toFixed(0)} ms  p95 ${network.p95.toFixed(0)} ms  for titles that name hosts, while their display starts`,
  );
