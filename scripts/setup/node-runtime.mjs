import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { runCommand, tryCommand } from './command.mjs';
import { findProgram } from './find-program.mjs';
import { cache } from './places.mjs';
import { PlainError } from './plain-error.mjs';

/** The first version that runs TypeScript without a flag. */
const NEEDED = [22, 18];
const VERSION = '24.21.0';
const PACKAGE = `node-linux-${process.arch}`;
const folder = join(cache, `node-${VERSION}`);
const binary = join(folder, 'node_modules', PACKAGE, 'bin', 'node');

/** Whether this very program runs on a Node that can run Kilat. */
function isNewEnough() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = NEEDED;
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/**
 * npm, run by the Node that Kilat uses: optional packages that this Node can take would be left out by an older one.
 * @param {import('./step.mjs').SetUp} setUp
 * @returns {{ program: string, args: string[] }}
 */
export function npmCommand({ node }) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return { program: node, args: [script] };
  const npm = findProgram('npm');
  if (!npm)
    throw new PlainError('npm is not installed. Install Node with npm (version 20 or newer), then start again.');
  return { program: npm, args: [] };
}

/** @type {import('./step.mjs').Step} */
export const nodeRuntime = {
  async missing(setUp) {
    if (isNewEnough()) return undefined;
    const { status } = await tryCommand(binary, ['--version']);
    if (status !== 0) return `Node ${VERSION}, because this one (${process.versions.node}) cannot run TypeScript`;
    use(setUp);
    return undefined;
  },

  async install(setUp) {
    if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
      throw new PlainError(`Kilat needs Node ${NEEDED.join('.')} or newer; this is ${process.versions.node}.`);
    }
    const partial = `${folder}.partial-${process.pid}`;
    try {
      await fetchInto(setUp, partial);
      await rm(folder, { recursive: true, force: true });
      await rename(partial, folder);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
    await runCommand(`Node ${VERSION} does not run on this machine.`, binary, ['--version']);
    use(setUp);
  },
};

/**
 * @param {import('./step.mjs').SetUp} setUp
 * @param {string} place
 */
async function fetchInto(setUp, place) {
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), '{ "private": true }\n');
  const { program, args } = npmCommand(setUp);
  const install = ['install', '--prefix', place, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runCommand(`Node ${VERSION} could not be fetched.`, program, [...args, ...install, `${PACKAGE}@${VERSION}`], {
    env: setUp.env,
    cwd: place,
  });
}

/** @param {import('./step.mjs').SetUp} setUp */
function use(setUp) {
  setUp.node = binary;
  setUp.env = { ...setUp.env, PATH: `${dirname(binary)}${delimiter}${setUp.env.PATH ?? ''}` };
}
