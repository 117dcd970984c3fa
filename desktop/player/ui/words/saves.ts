import type { SaveProblem } from '@kilat/shared/save/save';

/** Whether the game is saved. `agoText`: how old the save is that the next launch brings back. */
export function savedWords(state: 'stored' | 'coming' | 'late', agoText: string | undefined): string {
  switch (state) {
    case 'stored':
      return agoText === undefined ? 'Nothing was saved.' : `Saved ${agoText} ago.`;
    case 'coming':
      return 'Saving your game …';
    case 'late':
      return agoText === undefined
        ? 'Your save has not arrived yet. The machine keeps it and tries again.'
        : `Your last save has not arrived yet. The machine keeps it and tries again; until then the one of ${agoText} ago serves.`;
  }
}

/** Why a save is not the one that the next launch brings back. */
export function saveProblemWords(problem: SaveProblem, maxMb: number): string {
  switch (problem) {
    case 'too-large':
      return `This save is larger than the ${maxMb} MB that the game may keep. The last one that fits stays; the large one can be downloaded below if it was not far too large.`;
    case 'too-many-files':
      return 'This save has more files than can be kept. The last good one stays.';
    case 'newer-exists':
      return 'You played this game somewhere else meanwhile. That newer save stays; this one is set aside below.';
    case 'corrupt':
      return 'A saved game was damaged in storage. Kilat found out by its checksum and went back to the last good one.';
    case 'not-collected':
      return 'The machine could not read or keep this save, most likely because its disk is full. The last good one stays.';
  }
}
