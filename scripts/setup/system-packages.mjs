import { APT, installWithApt, installedPackages, rightToInstall } from './apt.mjs';
import { findProgram } from './find-program.mjs';
import { PACKAGE_GROUPS } from './package-groups.mjs';
import { PlainError } from './plain-error.mjs';

/** @typedef {import('./package-groups.mjs').GroupName} GroupName */

/**
 * What of the groups is not installed, each group with its names.
 * @param {readonly GroupName[]} groups
 * @returns {Promise<{ group: GroupName, names: string[] }[]>}
 */
export async function missingPackages(groups) {
  const wanted = groups.flatMap((group) => PACKAGE_GROUPS[group].packages);
  const installed = await installedPackages(wanted.map(({ name }) => name));
  /** @param {import('./package-groups.mjs').SystemPackage} wantedPackage */
  const isMissing = ({ name, command, instead }) => {
    if (instead?.some((program) => program !== '' && findProgram(program))) return false;
    if (installed) return !installed.has(name);
    return command !== undefined && !findProgram(command);
  };
  return groups
    .map((group) => ({ group, names: PACKAGE_GROUPS[group].packages.filter(isMissing).map(({ name }) => name) }))
    .filter(({ names }) => names.length > 0);
}

/**
 * Installs what is missing of the groups, or says what a person has to install.
 * @param {readonly GroupName[]} groups
 * @param {(detail: string) => void} report
 * @param {NodeJS.ProcessEnv} env
 */
export async function installPackages(groups, report, env) {
  const missing = await missingPackages(groups);
  if (missing.length === 0) return;
  const names = missing.flatMap((group) => group.names);
  const list = missing
    .map(({ group, names }) => `    ${names.join(' ')}\n      ${PACKAGE_GROUPS[group].why}`)
    .join('\n');
  const right = await rightToInstall();
  if (right.kind === 'none') throw new PlainError(byHand(right.why, list, names));
  await installWithApt(right, names, list, report, env);
}

/**
 * @param {string} why
 * @param {string} list
 * @param {readonly string[]} names
 */
function byHand(why, list, names) {
  return `Kilat needs these system packages and cannot install them itself: ${why}\n${list}\n\nInstall them, then start again:\n    sudo ${APT} install --no-install-recommends ${names.join(' ')}`;
}

/** @type {import('./step.mjs').Step} */
export const systemPackages = {
  async missing({ groups }) {
    const missing = await missingPackages(groups);
    return missing.length === 0 ? undefined : 'System packages';
  },
  install: ({ groups, env }, report) => installPackages(groups, report, env),
};
