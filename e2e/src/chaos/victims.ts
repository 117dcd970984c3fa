import type { Kilat } from '../kilat.ts';

export const VICTIMS = ['game', 'X server', 'sound server', 'session process', 'media worker', 'agent'] as const;
/** A process that can die under a session. */
export type Victim = (typeof VICTIMS)[number];

/** What a word of the victim's command line ends with. The agent is found by its process id. */
const ENDING: Record<Exclude<Victim, 'agent'>, string> = {
  game: '/dsda-doom',
  'X server': 'Xvfb',
  'sound server': 'pulseaudio',
  'session process': 'session-process.ts',
  'media worker': 'mediasoup-worker',
};

/** Processes that exist only while a session does. */
const OF_A_SESSION = ['game', 'X server', 'sound server', 'session process'] as const;

/** What stands in front of a program or becomes it, its sandbox included. */
const STARTERS = ['setpriv', 'nice', 'sh', 'bwrap', 'env'];

/** The victim's process ids now. A program that has not been executed yet goes by its starter's name and is not it. */
export function pidsOf(kilat: Kilat, victim: Victim): number[] {
  if (victim === 'agent') return [kilat.edge.pid];
  return kilat.watch
    .named(ENDING[victim])
    .filter(({ command }) => !STARTERS.includes(command[0]?.split('/').at(-1) ?? ''))
    .map(({ pid }) => pid);
}

/** Processes of sessions that run now, by name. */
export function sessionProcesses(kilat: Kilat): string[] {
  return OF_A_SESSION.flatMap((victim) => pidsOf(kilat, victim).map((pid) => `${victim} ${pid}`));
}
