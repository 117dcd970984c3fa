import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of a program, looked for in PATH and where Debian keeps games; undefined when it is not installed.
 * @param {string} name a program's name or an absolute path
 */
export function findProgram(name) {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/local/bin',
    '/usr/bin',
    '/usr/sbin',
    '/usr/games',
  ];
  const candidates = name.startsWith('/')
    ? [name]
    : folders.filter((folder) => folder !== '').map((folder) => join(folder, name));
  return candidates.find((path) => {
    try {
      accessSync(path, name.startsWith('/') ? constants.R_OK : constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
