import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '@kilat/e2e/browser';
import { UsageError } from '../choices.ts';
import type { Config } from '../config.ts';
import { Progress } from '../measure/progress.ts';
import { startServers } from '../products/kilat.ts';
import { describeMachine } from '../report/machine.ts';
import { type AdmissionFigures, fillUp } from './admission.ts';
import { playTogether } from './session-run.ts';
import { admissionSentence, densityTable, honestMaximum, MOST_RATIO, type StepRecord } from './table.ts';
import { atThirtyFps, FRAMES_PER_SECOND } from './thirty-fps.ts';

export const DENSITY_USAGE = `npm run bench -- density [--title T] [--sessions N] [--rounds R] [--presses P]
  --title T       a bundled title, played at 30 frames a second (mrboom); latency-probe-moving measures to the photon
  --sessions N    from one session to N at once (4)
  --rounds R      up, then down, and so on (2)
  --presses P     key presses of each player in each step (60)`;

/** Mr. Boom's menus take six seconds; the probes are in play at once. */
const SETTLE_MS = { probe: 3_000, game: 9_000 };

/** 1 … N sessions at once: each one's latency against that of one alone, and what uses the processor. */
export async function density(words: readonly string[], config: Config): Promise<number> {
  const choices = parse(words);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const progress = new Progress(process.stderr);
  const { folder, titleId } = await atThirtyFps(choices.title, config.repository, config.results);
  const browser = await launchBrowser();
  const machine = describeMachine(config.repository, browser.version());
  const startedAt = new Date().toISOString();
  const records: StepRecord[] = [];
  let admission: AdmissionFigures | undefined;
  const start = (admissionBy: 'slots' | 'measured') =>
    startServers({
      titles: [folder],
      slots: choices.sessions,
      warm: [],
      env: { KILAT_HOLD_SECONDS: '0.2', KILAT_EDGE_ADMISSION: admissionBy },
    });
  try {
    const steps = Array.from({ length: choices.rounds }, (_, round) => {
      const counts = Array.from({ length: choices.sessions }, (_, place) => place + 1);
      return (round % 2 === 0 ? counts : counts.reverse()).map((sessions) => ({ round, sessions }));
    }).flat();
    progress.stage(`${choices.title} at ${FRAMES_PER_SECOND} fps, 1 to ${choices.sessions} sessions at once`);
    const kilat = await start('slots');
    try {
      const settleMs = choices.title.includes('probe') ? SETTLE_MS.probe : SETTLE_MS.game;
      for (const [place, { round, sessions }] of steps.entries()) {
        const plan = {
          kilat,
          browser,
          titleId,
          players: sessions,
          presses: choices.presses,
          settleMs,
          signal: stop.signal,
        };
        const figures = await playTogether(plan);
        records.push({ round, sessions, ...figures });
        const worst = Math.max(...figures.players.map(({ latencyMs }) => latencyMs?.p95 ?? 0));
        progress.step(place + 1, steps.length, `steps; ${sessions} at once: worst p95 ${worst.toFixed(1)} ms`);
      }
    } finally {
      await kilat.close();
    }
    progress.stage('How many measured admission lets in');
    const measuring = await start('measured');
    try {
      admission = await fillUp(measuring, browser, titleId, choices.sessions, stop.signal);
    } finally {
      await measuring.close();
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    await browser.close().catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
  const results = join(config.results, `density-${startedAt.slice(0, 19).replaceAll(':', '')}-${machine.commit}`);
  await mkdir(results, { recursive: true });
  await writeFile(
    join(results, 'result.json'),
    JSON.stringify({ format: 1, startedAt, choices, machine, records, admission }),
  );
  const most = honestMaximum(records);
  const measure = records[0]?.players[0]?.measure === 'photon' ? 'input → photon' : 'input → next frame shown';
  console.log(`\n${measure}\n\n${densityTable(records)}\n`);
  console.log(`${most} of ${choices.sessions} sessions at once keep p95 within ${MOST_RATIO} times that of one alone.`);
  console.log(boundSentence(records, machine.cores));
  if (admission !== undefined) console.log(admissionSentence(admission));
  console.log(`${results}/result.json`);
  return stop.signal.aborted ? 1 : 0;
}

/** Names what there was least of at the largest number of sessions. */
function boundSentence(records: readonly StepRecord[], cores: number): string {
  const largest = Math.max(0, ...records.map(({ sessions }) => sessions));
  const own = records.filter(({ sessions }) => sessions === largest);
  if (own.length === 0) return 'Nothing was measured.';
  const mean = (part: (cores: StepRecord['cores']) => number) =>
    own.reduce((sum, record) => sum + part(record.cores), 0) / own.length;
  const all = mean((used) => used.all ?? 0);
  const edge = mean((used) =>
    Object.entries(used).reduce((sum, [part, value]) => sum + (part === 'all' ? 0 : value), 0),
  );
  const bound = all > 0.93 * cores ? 'The bound is the processor' : 'The processor was not used up';
  return `${bound}: with ${largest} sessions ${all.toFixed(2)} of ${cores} cores are busy, ${edge.toFixed(2)} by the edge and its games, ${(all - edge).toFixed(2)} by the browser that plays them and this bench.`;
}

function parse(words: readonly string[]) {
  const { values } = parseArgs({
    args: [...words],
    options: {
      title: { type: 'string', default: 'mrboom' },
      sessions: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '2' },
      presses: { type: 'string', default: '60' },
    },
  });
  const whole = (name: 'sessions' | 'rounds' | 'presses') => {
    if (!/^[1-9]\d{0,3}$/.test(values[name])) throw new UsageError(`--${name} wants a whole number from 1`);
    return Number(values[name]);
  };
  return { title: values.title, sessions: whole('sessions'), rounds: whole('rounds'), presses: whole('presses') };
}
