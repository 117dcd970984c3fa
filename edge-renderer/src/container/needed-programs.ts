import { findProgram } from '../process/find-program.ts';

/** Programs every container is made of, and the Debian package each comes in. */
const NEEDED = { Xvfb: 'xvfb', pulseaudio: 'pulseaudio', setpriv: 'util-linux', nice: 'coreutils' };

/** Throws one sentence that names the programs missing on `path` (PATH syntax) and how to install them. */
export function checkNeededPrograms(path: string): void {
  const missing = Object.entries(NEEDED).filter(([program]) => findProgram(program, path) === undefined);
  if (missing.length === 0) return;
  const [programs, packages] = [missing.map(([program]) => program), missing.map(([, name]) => name)];
  throw new Error(
    `This edge cannot run games: ${programs.join(' and ')} ${programs.length > 1 ? 'are' : 'is'} not installed. ` +
      `Install with: apt-get install ${packages.join(' ')}`,
  );
}
