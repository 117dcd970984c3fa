import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '@kilat/e2e/browser';
import { type ChaosRecord, runChaos } from '@kilat/e2e/chaos/chaos';
import { chaosTable, failures } from '@kilat/e2e/chaos/table';
import { startKilat } from '@kilat/e2e/kilat';
import { UsageError } from '../choices.ts';
import type { Config } from '../config.ts';
import { Progress } from '../measure/progress.ts';
import { describeMachine } from '../report/machine.ts';

export const CHAOS_USAGE = `npm run bench -- chaos [--kills N] [--seed S]
  --kills N       kills of each part (50)
  --seed S        repeats the order and the moments of another run`;

/** Kills every part of a running edge again and again; prints what became of the sessions. Returns the exit status. */
export async function chaos(words: readonly string[], config: Config): Promise<number> {
  const { kills, seed } = parse(words);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const progress = new Progress(process.stderr);
  progress.stage(`Killing each part ${kills} times, seed ${seed}`);
  const kilat = await startKilat({ slots: 1, warm: [], env: { KILAT_HOLD_SECONDS: '10', KILAT_LOG_LEVEL: 'warn' } });
  const browser = await launchBrowser();
  const machine = describeMachine(config.repository, browser.version());
  const startedAt = new Date().toISOString();
  let records: ChaosRecord[] = [];
  try {
    records = await runChaos(kilat, browser, {
      seed,
      times: kills,
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

function parse(words: readonly string[]): { kills: number; seed: number } {
  const { values } = parseArgs({
    args: [...words],
    options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
  });
  const whole = (name: 'kills' | 'seed') => {
    if (!/^\d{1,9}$/.test(values[name])) throw new UsageError(`--${name} wants a whole number`);
    return Number(values[name]);
  };
  return { kills: whole('kills'), seed: whole('seed') };
}

const latest = ({ victim, outcome, afterMs, left }: ChaosRecord): string =>
  `${victim}: ${outcome} after ${(afterMs / 1000).toFixed(2)} s${left.length === 0 ? '' : `, left: ${left.join('; ')}`}`;
