import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { ResolvedCommand } from '@kilat/titles/resolve';
import type { LoadedTitle } from '@kilat/titles/load';

/** Folders of which a title never sees the whole, whatever its manifest says. */
const NEVER_WHOLE = [
  '/',
  '/boot',
  '/dev',
  '/etc',
  '/home',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/srv',
  '/sys',
  '/tmp',
  '/var',
];
/** Below these a manifest may name nothing: the host's state, secrets, and what the sandbox makes itself. */
const NEVER_BELOW = ['/boot', '/dev', '/proc', '/run', '/sys', '/tmp', '/etc/shadow', '/etc/ssl/private', '/etc/ssh'];

/** Paths of the host that are a title's own: its manifest's folder, program, `needs`, and for `{node}` Node's modules. */
export function titleFiles(title: LoadedTitle, { command }: ResolvedCommand): string[] {
  const usesNode = [title.command, ...title.args].some((text) => text.includes('{node}'));
  const own = [...title.needs, command].filter((path) => !path.startsWith('/usr/'));
  return [title.folder, ...own, ...(usesNode ? modulesOf(title.folder) : [])];
}

/** Why a path that a manifest `needs` is not shown to its title; undefined where it is. `kept`: the edge's own folders. */
export function forbiddenNeed(path: string, kept: string[]): string | undefined {
  const clean = join(path, '.');
  if (NEVER_WHOLE.includes(clean)) return `is a folder of the whole system; name what the title needs in it`;
  const overlaps = (other: string) => isWithin(clean, other) || isWithin(other, clean);
  if (NEVER_BELOW.some((folder) => isWithin(clean, folder)) || kept.some(overlaps))
    return `is not shown to a title: it belongs to the system or to this edge`;
  return undefined;
}

/** Whether a folder is one that holds the other, or is itself it. */
export const holds = (folder: string, path: string): boolean => isWithin(path, join(folder, '.'));

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(folder + sep);

/** Where Node looks for a folder's packages: `node_modules` from there upward, and packages linked into them. */
function modulesOf(folder: string): string[] {
  const found = new Set<string>();
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const owner = ancestors(next).find((above) => existsSync(join(above, 'package.json')));
    if (owner !== undefined && owner !== next) found.add(join(owner, 'package.json'));
    for (const modules of ancestors(next).map((above) => join(above, 'node_modules'))) {
      if (!existsSync(modules)) continue;
      found.add(modules);
      for (const linked of owner === undefined ? [] : linkedPackages(owner, modules)) {
        if (found.has(linked)) continue;
        found.add(linked);
        open.push(linked);
      }
    }
  }
  return [...found];
}

function linkedPackages(owner: string, modules: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(owner, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies)
    .map((name) => join(modules, name))
    .filter((path) => existsSync(path))
    .map((path) => realpathSync(path))
    .filter((path) => !isWithin(path, realpathSync(modules)));
}

/** The folder and those above it, nearest first. */
function ancestors(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
}
