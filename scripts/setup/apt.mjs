import { spawnSync } from 'node:child_process';
import { say } from '../terminal/progress.mjs';
import { findProgram } from './find-program.mjs';
import { runCommand, tryCommand } from './command.mjs';
import { PlainError } from './plain-error.mjs';

/** @typedef {{ kind: 'root' } | { kind: 'sudo' } | { kind: 'none', why: string }} Right */

export const APT = 'apt-get';
const INSTALL = ['install', '-y', '--no-install-recommends'];
const QUIET = { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };

/**
 * Which of the names Debian's package database has as installed; undefined where there is no such database.
 * @param {readonly string[]} names
 * @returns {Promise<Set<string> | undefined>}
 */
export async function installedPackages(names) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
  const format = '-f=${Package} ${db:Status-Status}\\n';
  const { status, output } = await tryCommand('dpkg-query', ['-W', format, ...names], {
    env: { ...process.env, ...QUIET },
  });
  if (status === -1) return undefined;
  const lines = output.split('\n').filter((line) => line.endsWith(' installed'));
  return new Set(lines.map((line) => line.slice(0, line.indexOf(' '))));
}

/**
 * Whether this user may install packages here; asks for sudo's password when a person is there to give it.
 * @returns {Promise<Right>}
 */
export async function rightToInstall() {
  if (!findProgram(APT)) return { kind: 'none', why: 'this system has no apt.' };
  if (process.getuid?.() === 0) return { kind: 'root' };
  if (!findProgram('sudo')) return { kind: 'none', why: 'you are not root, and there is no sudo.' };
  if ((await tryCommand('sudo', ['-n', 'true'])).status === 0) return { kind: 'sudo' };
  if (process.stdin.isTTY) {
    say('System packages are missing; sudo asks for your password to install them.');
    if (spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status === 0) return { kind: 'sudo' };
  }
  return { kind: 'none', why: 'you are not root, and sudo wants a password.' };
}

/**
 * Says what comes and how much it is, then installs it. Package lists are fetched only when apt does not know the names
 * or the archive has moved on.
 * @param {Exclude<Right, { kind: 'none' }>} right
 * @param {readonly string[]} names
 * @param {string} list what is missing and why, for people
 * @param {(detail: string) => void} report
 * @param {NodeJS.ProcessEnv} env
 */
export async function installWithApt(right, names, list, report, env) {
  let size = await downloadSize(names);
  if (size === undefined) {
    await updateLists(right, report, env);
    size = await downloadSize(names);
  }
  if (size === undefined) throw new PlainError(await unknownPackages(names));
  const total = ` (${size.packages} packages with what they need, ${size.megabytes} MB to fetch)`;
  say(`Installing with apt${total}:\n${list}`);
  let result = await aptGet(right, [...INSTALL, ...names], report, env);
  if (result.status !== 0 && /404|Unable to fetch|Unable to locate|not available/i.test(result.output)) {
    await updateLists(right, report, env);
    result = await aptGet(right, [...INSTALL, ...names], report, env);
  }
  if (result.status === 0) return;
  const end = result.output.split('\n').slice(-15).join('\n');
  throw new PlainError(`apt could not install the packages above. What it said:\n${end}`);
}

/**
 * @param {readonly string[]} names
 * @returns {Promise<{ packages: number, megabytes: number } | undefined>} undefined when apt does not know them all
 */
async function downloadSize(names) {
  const args = ['-o', 'Debug::NoLocking=1', '-qq', '--print-uris', ...INSTALL, ...names];
  const { status, output } = await tryCommand(APT, args, { env: { ...process.env, ...QUIET } });
  if (status !== 0) return undefined;
  const sizes = [...output.matchAll(/^'\S+' \S+ (\d+)/gm)].map((match) => Number(match[1]));
  return { packages: sizes.length, megabytes: Math.ceil(sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6) };
}

/** @param {readonly string[]} names */
async function unknownPackages(names) {
  const sizes = await Promise.all(names.map((name) => downloadSize([name])));
  const unknown = names.filter((_, place) => sizes[place] === undefined);
  if (unknown.length === 0) return `apt cannot install these packages together: ${names.join(' ')}`;
  return [
    `apt does not know these packages: ${unknown.join(' ')}`,
    'Kilat knows Debian 12 and newer, and Ubuntu 24.04 and newer. On Ubuntu, most of them are in "universe":',
    '    sudo add-apt-repository universe',
    ...(unknown.includes('chromium')
      ? ['Ubuntu has no Chromium package: install Google Chrome, or name a browser in KILAT_CHROMIUM.']
      : []),
  ].join('\n');
}

/**
 * @param {Exclude<Right, { kind: 'none' }>} right
 * @param {(detail: string) => void} report
 * @param {NodeJS.ProcessEnv} env
 */
async function updateLists(right, report, env) {
  report('fetching package lists');
  const { program, args } = asRoot(right, ['update']);
  await runCommand('apt could not fetch its package lists.', program, args, { env: { ...env, ...QUIET } });
}

/**
 * @param {Exclude<Right, { kind: 'none' }>} right
 * @param {readonly string[]} aptArgs
 * @param {(detail: string) => void} report
 * @param {NodeJS.ProcessEnv} env
 */
function aptGet(right, aptArgs, report, env) {
  const { program, args } = asRoot(right, ['-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=120', ...aptArgs]);
  return tryCommand(program, args, {
    env: { ...env, ...QUIET },
    onLine: (line) => {
      const doing = /^(?:Get:\d+ \S+ \S+ \S+ (\S+)|(Unpacking|Setting up) (\S+))/.exec(line);
      if (doing) report(doing[1] ? `fetching ${doing[1]}` : `${doing[2]?.toLowerCase()} ${doing[3]}`);
    },
  });
}

/**
 * @param {Exclude<Right, { kind: 'none' }>} right
 * @param {readonly string[]} args
 */
function asRoot(right, args) {
  if (right.kind === 'root') return { program: APT, args: [...args] };
  const settings = Object.entries(QUIET).map(([name, value]) => `${name}=${value}`);
  return { program: 'sudo', args: ['-n', 'env', ...settings, APT, ...args] };
}
