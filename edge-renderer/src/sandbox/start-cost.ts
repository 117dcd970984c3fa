import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Distribution, distribution } from '@kilat/shared/latency/quantiles';
import { bundledTitles, loadTitles } from '@kilat/titles/load';
import { Container } from '../container/container.ts';
import { machineAllowance } from './limits.ts';
import { NetworkUnavailableError } from './network/relay-process.ts';
import { TitleNetwork } from './network/title-network.ts';
import { privateHome } from './private-home.ts';
import { SANDBOX_NAMES, type SandboxName } from './sandbox.ts';
import { sandboxNamed } from './sandboxes.ts';

// What a sandbox adds to a cold launch: whole containers, with display, sound, capture and encoder, are started in turn with
// each sandbox and with none, on the same title, whose program says when it began. `npm run bench:sandbox -- [--times N]`

/** The cold launch may grow by this much, ms (p50). */
const GOAL_MS = 80;
/** Containers are kept where an edge keeps them by default: in memory. */
const SCRATCH = '/dev/shm';

const { values } = parseArgs({ options: { times: { type: 'string', default: '40' } } });
const times = Number(values.times);
const { titles } = await loadTitles([bundledTitles]);
const probe = titles.find(({ id }) => id === 'latency-probe');
if (probe === undefined) throw new Error('the latency probe is not there');
const sayWhen = 'require("fs").writeFileSync(process.env.HOME + "/began", String(performance.timeOrigin))';
const title = { ...probe, sound: true, args: ['-e', `${sayWhen}; import("{titles}/src/probe/probe.ts")`] };

/** From the order to start a container to its program's beginning, and to the first picture it drew, ms. */
interface Launch {
  beganMs: number;
  drawnMs: number;
}

async function launch(name: SandboxName, scratch: string): Promise<Launch> {
  const orderedMs = Date.now();
  const container = await Container.start(title, {
    scratch,
    bitrateKbps: 4_000,
    startTitle: true,
    sandbox: { name, allowed: machineAllowance(), network: [] },
  });
  try {
    const drawn = Promise.withResolvers<number>();
    container.listen({
      message: (message) => {
        if (message.type === 'stage' && message.stage === 'drawn') drawn.resolve(Date.now() - orderedMs);
      },
      failed: ({ reason, detail }) => drawn.reject(new Error(`${name}: ${reason}: ${detail}`)),
    });
    const drawnMs = await drawn.promise;
    const began = await readFile(join(privateHome(container.folder).home, 'began'), 'utf8');
    return { beganMs: Number(began) - orderedMs, drawnMs };
  } finally {
    await container.close();
  }
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

const measured = new Map<SandboxName, Launch[]>();
for (const name of SANDBOX_NAMES) {
  const why = await sandboxNamed(name).unavailable();
  if (why === undefined) measured.set(name, []);
  else console.log(`${name}: not measured, ${why}`);
}
const scratch = await mkdtemp(join(SCRATCH, 'kilat-cost-'));
// A title in a pod walks through it.
await chmod(scratch, 0o711);
try {
  for (const name of measured.keys()) {
    await launch(name, scratch).catch((error: Error) => {
      measured.delete(name);
      console.log(`not measured: ${error.message}`);
    });
  }
  for (let round = 0; round < times; round++) {
    for (const [name, launches] of measured) launches.push(await launch(name, scratch));
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

const NOTHING: Distribution = { n: 0, p50: Number.NaN, p95: Number.NaN, p99: Number.NaN, max: Number.NaN };
const of = (launches: Launch[] = [], what: keyof Launch): Distribution =>
  distribution(launches.map((each) => each[what])) ?? NOTHING;
const text = ({ p50, p95 }: Distribution): string => `${p50.toFixed(0)} / ${p95.toFixed(0)}`.padEnd(12);
const without = measured.get('none');
console.log('            n    began p50/p95  drawn p50/p95  more than without (began, drawn; p50 ms)');
for (const [name, launches] of measured) {
  const [began, drawn] = [of(launches, 'beganMs'), of(launches, 'drawnMs')];
  const [beganMore, drawnMore] = [began.p50 - of(without, 'beganMs').p50, drawn.p50 - of(without, 'drawnMs').p50];
  const verdict = beganMore <= GOAL_MS ? 'within' : 'over';
  const added = name === 'none' ? '' : `${beganMore.toFixed(0)}, ${drawnMore.toFixed(0)} (${verdict} ${GOAL_MS})`;
  console.log(`${name.padEnd(11)} ${String(began.n).padEnd(4)} ${text(began)}   ${text(drawn)}   ${added}`);
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
