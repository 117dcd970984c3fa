import { constants } from 'node:os';
import type { ProgramEnd } from '../process/owned-process.ts';

/** A shell's and a sandbox's way to say which signal ended a program. */
const SIGNAL_STATUS = 128;

/** How the title ended, from how the sandbox in front of it did. */
export function titlesEnd({ code, signal }: ProgramEnd): ProgramEnd {
  const name = Object.entries(constants.signals).find(([, number]) => code === SIGNAL_STATUS + number)?.[0];
  return name === undefined ? { code, signal } : { code: null, signal: name as NodeJS.Signals };
}
