import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '@kilat/e2e/browser';
import { type ChaosRecord, runChaos } from '@kilat/e2e/chaos/chaos';
import { chaosTable, failures } from '@kilat/e2e/chaos/table';
import { type Victim, VICTIMS } from '@kilat/e2e/chaos/victims';
import { startKilat } from '@kilat/e2e/kilat';
import { UsageError } from '../choices.ts';
import type { Config } from '../config.ts';
import { Progress } from '../measure/progress.ts';
import { describeMachine } from '../report/machine.ts';

export const CHAOS_USAGE = `npm run bench -- chaos [--kills N] [--part NAME]… [--seed S]
  --kills N       kills of each part (50)
  --part NAME     game, X server, sound server, session process, media worker or agent (all of them)
  --seed S        repeats the order and the moments of another run`;

/** Kills every part of a running edge again and again; prints what became of the sessions. Returns the exit status. */
export async function chaos(words: readonly string[], config: Config): Promise<number> {
  const { kills, seed, victims } = parse(words);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const progress = new Progress(process.stderr);
  progress.stage(`Killing ${victims.join(', ')} ${kills} times each, seed ${seed}`);
  const kilat = await startKilat({ slots: 1, warm: [], env: { KILAT_HOLD_SECONDS: '10', KILAT_LOG_LEVEL: 'warn' } });
  const browser = await launchBrowser();
  const machine = describeMachine(config.repository, browser.version());
  const startedAt = new Date().toISOString();
  let records: ChaosRecord[] = [];
  try {
    records = await runChaos(kilat, browser, {
      seed,
      times: kills,
      victims,
      signal: stop.signal,
      onRecord: (record, done, total) => progress.step(done, total, latest(record)),
    });
  } finally {
    await browser.close().catch(() => {});
    await kilat.close();
  }
  const folder = join(config.results, `chaos-${startedAt.slice(0, 19).replaceAll(':', '')}-${machine.commit}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'result.json'), JSON.stringify({ format: 1, startedAt, seed, kills, machine, records }));
  const failed = failures(records);
  console.log(`\n${chaosTable(records)}\n`);
  for (const record of failed) console.log(JSON.stringify(record));
  console.log(`${records.length} kills, ${failed.length} not as promised; ${folder}/result.json`);
  return failed.length === 0 ? 0 : 1;
}

function parse(words: readonly string[]): { kills: number; seed: number; victims: readonly Victim[] } {
  const { values } = parseArgs({
    args: [...words],
    options: {
      kills: { type: 'string', default: '50' },
      part: { type: 'string', multiple: true },
      seed: { type: 'string', default: String(Date.now() % 1e6) },
    },
  });
  const whole = (name: 'kills' | 'seed') => {
    if (!/^\d{1,9}$/.test(values[name])) throw new UsageError(`--${name} wants a whole number`);
    return Number(values[name]);
  };
  const unknown = values.part?.find((name) => !isVictim(name));
  if (unknown !== undefined) throw new UsageError(`--part ${unknown} is none of ${VICTIMS.join(', ')}`);
  return { kills: whole('kills'), seed: whole('seed'), victims: values.part?.filter(isVictim) ?? VICTIMS };
}

const latest = ({ victim, outcome, afterMs, left }: ChaosRecord): string =>
  `${victim}: ${outcome} after ${(afterMs / 1000).toFixed(2)} s${left.length === 0 ? '' : `, left: ${left.join('; ')}`}`;

const isVictim = (name: string): name is Victim => (VICTIMS as readonly string[]).includes(name);
