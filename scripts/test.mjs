import { runProgram } from './setup/plain-error.mjs';
import { setUpEverything } from './setup/set-up.mjs';
import { say, showProgress } from './terminal/progress.mjs';
import { PHASES } from './verify/phases.mjs';
import { sum } from './verify/tally.mjs';

await runProgram(async () => {
  say('Kilat: verification\n');
  const { env } = await setUpEverything({ groups: ['play', 'browser', 'gpu', 'drawing', 'network'] });
  if (process.argv.includes('--setup-only')) return 0;

  /** @type {import('./verify/tally.mjs').Tally[]} */
  const tallies = [];
  for (const { name, run } of PHASES) {
    const { tally, output } = await showProgress(
      name,
      (report) => run(env, report),
      ({ tally }) => judge(tally),
    );
    if (tally.failed > 0) process.stdout.write(`\n${output}\n\n`);
    tallies.push(tally);
  }
  const { passed, failed, skipped } = sum(tallies);
  for (const { name, reason } of skipped) console.log(`skipped: ${name}: ${reason}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

/** @param {import('./verify/tally.mjs').Tally} tally */
function judge({ passed, failed, skipped }) {
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  return { good: failed === 0, text: `${passed} passed, ${failed} failed${left}` };
}
