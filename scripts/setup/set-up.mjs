import { join } from 'node:path';
import { elapsedText, say, showProgress } from '../terminal/progress.mjs';
import { dependencies } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { mediaWorker } from './media-worker.mjs';
import { nativeParts } from './native-parts.mjs';
import { nodeRuntime } from './node-runtime.mjs';
import { cache } from './places.mjs';
import { playerBuild } from './player-build.mjs';
import { systemPackages } from './system-packages.mjs';

/**
 * @typedef {import('./step.mjs').SetUp} SetUp
 * @typedef {'node' | 'packages' | 'dependencies' | 'worker' | 'native' | 'player'} StepName
 */

/** Node keeps what it made of our sources; a session's process, and so a cold launch, starts sooner. */
const KEPT_CODE = { NODE_COMPILE_CACHE: join(cache, 'compiled') };

/** In the order in which they need each other. @type {Record<StepName, import('./step.mjs').Step>} */
const STEPS = {
  packages: systemPackages,
  node: nodeRuntime,
  dependencies,
  worker: mediaWorker,
  native: nativeParts,
  player: playerBuild,
};

/**
 * Finds what is missing, says so, installs it: one line for each step that has something to do.
 * @param {{ groups: SetUp['groups'], steps?: readonly StepName[] }} wanted all steps unless named
 * @returns {Promise<SetUp>} how to start Kilat's programs
 */
export async function setUpEverything({ groups, steps = /** @type {StepName[]} */ (Object.keys(STEPS)) }) {
  const startedAt = Date.now();
  /** @type {SetUp} */
  const setUp = { groups, node: process.execPath, env: { ...KEPT_CODE, ...process.env } };
  await withLock(async () => {
    for (const name of /** @type {StepName[]} */ (Object.keys(STEPS))) {
      if (!steps.includes(name)) continue;
      const step = STEPS[name];
      const title = await step.missing(setUp);
      if (title !== undefined) await showProgress(title, (report) => step.install(setUp, report));
    }
  });
  say(`Everything is set up (${elapsedText(Date.now() - startedAt)}).`);
  return setUp;
}
