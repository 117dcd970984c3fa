import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One line of /proc/net/unix (proc(5)): the inode, and the path that a socket is bound to. */
const BOUND = /^\S+: \S+ \S+ \S+ \S+ \S+\s+(\d+) (.+)$/;

/** The path, matching `pattern`, of a Unix socket that a process listens at; undefined while there is none. */
export function ownSocketPath(pid: number, pattern: RegExp): string | undefined {
  const bound = readFileSync('/proc/net/unix', 'utf8').split('\n');
  const candidates = bound.flatMap((line) => {
    const [, inode, path = ''] = BOUND.exec(line) ?? [];
    return inode !== undefined && pattern.test(path) ? [{ inode, path }] : [];
  });
  if (candidates.length === 0) return undefined;
  const own = new Set(linksOf(pid));
  return candidates.find(({ inode }) => own.has(`socket:[${inode}]`))?.path;
}

/** What a process's descriptors are; empty when it has gone. */
function linksOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => readlinkSync(`${folder}/${name}`));
  } catch {
    return [];
  }
}
