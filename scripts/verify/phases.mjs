import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryCommand } from '../setup/command.mjs';
import { repository } from '../setup/places.mjs';
import { emptyTally } from './tally.mjs';

/** @typedef {import('./tally.mjs').Tally} Tally */
/** @typedef {{ tally: Tally, output: string }} Outcome `output` is for people, when something failed */

const tool = (/** @type {string} */ name) => join(repository, 'node_modules', '.bin', name);

/**
 * Types or lint: one command that passes or fails as a whole.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Outcome>}
 */
async function wholePhase(name, args, env) {
  const quiet = { ...env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
  const { status, output } = await tryCommand(tool(name), args, { env: quiet, cwd: repository });
  const passed = status === 0;
  return { tally: { ...emptyTally(), passed: passed ? 1 : 0, failed: passed ? 0 : 1 }, output };
}

/**
 * One of Vitest's projects; a run that breaks off counts as a failure.
 * @param {string} project
 * @param {NodeJS.ProcessEnv} env
 * @param {(detail: string) => void} report
 * @returns {Promise<Outcome>}
 */
async function vitestPhase(project, env, report) {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-tally-'));
  const file = join(folder, 'tally.json');
  const reporter = join(import.meta.dirname, 'tally-reporter.mjs');
  const args = ['run', '--project', project, '--reporter=default', `--reporter=${reporter}`];
  const { status, output } = await tryCommand(tool('vitest'), args, {
    env: { ...env, KILAT_TALLY: file, NO_COLOR: '1', CI: '1' },
    cwd: repository,
    onLine: (line) => {
      const finished = /[✓❯×] .*?(\S+\.test\.ts)/.exec(line)?.[1];
      if (finished) report(finished);
    },
  });
  /** @type {Tally} */
  const tally = await readFile(file, 'utf8').then(JSON.parse, emptyTally);
  await rm(folder, { recursive: true, force: true });
  if (status !== 0 && tally.failed === 0) tally.failed = 1;
  return { tally, output };
}

/**
 * @typedef {object} Phase
 * @property {string} name
 * @property {(env: NodeJS.ProcessEnv, report: (detail: string) => void) => Promise<Outcome>} run
 */

/** @type {readonly Phase[]} */
export const PHASES = [
  {
    name: 'Types',
    run: (env) =>
      wholePhase('turbo', ['run', 'types', 'types:scripts', '--continue', '--output-logs=errors-only'], env),
  },
  { name: 'Lint', run: (env) => wholePhase('biome', ['check', '.'], env) },
  { name: 'Parts', run: (env, report) => vitestPhase('parts', env, report) },
  { name: 'End to end', run: (env, report) => vitestPhase('e2e', env, report) },
];
