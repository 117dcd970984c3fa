import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { repository } from './places.mjs';

/** @type {import('./step.mjs').Step} */
export const playerBuild = {
  // turbo itself knows whether a source changed, within a moment.
  missing: async () => 'Player page',
  async install({ env }) {
    const turbo = join(repository, 'node_modules', '.bin', 'turbo');
    await runCommand('The player page could not be built.', turbo, ['run', 'build', '--output-logs=errors-only'], {
      env: { ...env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
      cwd: repository,
    });
  },
};
