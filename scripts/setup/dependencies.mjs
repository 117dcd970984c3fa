import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../terminal/progress.mjs';
import { runCommand, tryCommand } from './command.mjs';
import { npmCommand } from './node-runtime.mjs';
import { repository } from './places.mjs';
import { PlainError } from './plain-error.mjs';

const QUIETLY = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[] }} Locked
 */

/** @type {import('./step.mjs').Step} */
export const dependencies = {
  async missing() {
    const [locked, installed] = await Promise.all([
      readPackages(join(repository, 'package-lock.json')),
      readPackages(join(repository, 'node_modules', '.package-lock.json')).catch(() => undefined),
    ]);
    if (locked && installed && isInstalled(locked, installed)) return undefined;
    return installed ? 'Dependencies, because the lock file changed' : 'Dependencies';
  },

  // Install scripts stay off: what they would fetch is seen to by the other steps or comes as packages of its own.
  async install(setUp) {
    const { program, args } = npmCommand(setUp);
    const options = { env: setUp.env, cwd: repository };
    const exact = await tryCommand(program, [...args, 'ci', ...QUIETLY], options);
    if (exact.status === 0) return;
    if (!exact.output.includes('EUSAGE'))
      throw new PlainError(`npm could not install the dependencies.\n${exact.output}`);
    say('The lock file does not fit package.json; what it lacks is taken as package.json asks.');
    const failure = 'npm could not install the dependencies.';
    await runCommand(failure, program, [...args, 'install', '--no-save', ...QUIETLY], options);
  },
};

/**
 * @param {string} path
 * @returns {Promise<Record<string, Locked>>}
 */
async function readPackages(path) {
  return JSON.parse(await readFile(path, 'utf8')).packages;
}

/**
 * Whether npm's record of what it installed (written at the end of an installation) has everything the lock file asks
 * for on this machine.
 * @param {Record<string, Locked>} locked
 * @param {Record<string, Locked>} installed
 */
export function isInstalled(locked, installed) {
  return Object.entries(locked).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    if (found) return found.version === wanted.version && found.link === wanted.link;
    return wanted.optional === true && !isForThisMachine(wanted);
  });
}

/**
 * Optional packages without a platform of their own only accompany others, and are left to npm.
 * @param {Locked} wanted
 */
function isForThisMachine({ os, cpu, libc }) {
  if (!os && !cpu) return false;
  const glibc = /** @type {any} */ (process.report?.getReport())?.header?.glibcVersionRuntime !== undefined;
  return (
    (os?.includes(process.platform) ?? true) &&
    (cpu?.includes(process.arch) ?? true) &&
    (libc?.includes(glibc ? 'glibc' : 'musl') ?? true)
  );
}
