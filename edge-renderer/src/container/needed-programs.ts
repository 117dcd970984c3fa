import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Programs every container is made of, and the Debian package each comes in. */
const NEEDED = { Xvfb: 'xvfb', pulseaudio: 'pulseaudio', setpriv: 'util-linux', nice: 'coreutils' };

/** Throws one sentence that names the programs missing on `path` (PATH syntax) and how to install them. */
export function checkNeededPrograms(path: string): void {
  const missing = Object.entries(NEEDED).filter(([program]) => !isOn(path, program));
  if (missing.length === 0) return;
  const [programs, packages] = [missing.map(([program]) => program), missing.map(([, name]) => name)];
  throw new Error(
    `This edge cannot run games: ${programs.join(' and ')} ${programs.length > 1 ? 'are' : 'is'} not installed. ` +
      `Install with: apt-get install ${packages.join(' ')}`,
  );
}

/** Whether a program can be run from `path` (PATH syntax). */
export function isOn(path: string, program: string): boolean {
  return path.split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
