import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { repository } from './setup/places.mjs';
import { PlainError, runProgram } from './setup/plain-error.mjs';
import { setUpEverything } from './setup/set-up.mjs';

/** What each program needs to have set up; without `steps`, everything. @type {Record<string, Parameters<typeof setUpEverything>[0]>} */
const NEEDS = {
  'bench/src/main.ts': { groups: ['play', 'browser', 'yardstick', 'density'] },
  'edge-renderer/src/main.ts': { groups: ['play'], steps: ['packages', 'node', 'dependencies', 'worker', 'native'] },
  'edge-renderer/src/sandbox/start-cost.ts': {
    groups: ['play', 'network'],
    steps: ['packages', 'node', 'dependencies'],
  },
  'edge-renderer/src/display/drawing-cost.ts': {
    groups: ['play', 'drawing'],
    steps: ['packages', 'node', 'dependencies', 'native'],
  },
  'signaling/src/enrol.ts': { groups: [], steps: ['node', 'dependencies'] },
  'titles/src/covers.ts': { groups: ['play'], steps: ['packages', 'node', 'dependencies'] },
};

await runProgram(async () => {
  const [file = '', ...args] = process.argv.slice(2);
  const needs = NEEDS[file];
  if (!needs)
    throw new PlainError(`Usage: node scripts/run.mjs PROGRAM [arguments]\nPrograms: ${Object.keys(NEEDS).join(', ')}`);
  const { node, env } = await setUpEverything(needs);
  const child = spawn(node, [resolve(repository, file), ...args], { env, stdio: 'inherit' });
  // A Ctrl+C reaches the child by itself; what is sent to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  return new Promise((done) => {
    child.on('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.on('exit', (code, signal) => done(signal ? 1 : (code ?? 1)));
  });
});
