import { type Availability, CatalogueTitle } from '@kilat/shared/title/catalogue';
import { coverOf } from './covers.ts';

const ready = { state: 'ready', freeSlots: 1, warm: false } as const;

function title(
  id: string,
  name: string,
  summary: string,
  availability: Availability,
  rest: Partial<CatalogueTitle> = {},
): CatalogueTitle {
  return {
    ...CatalogueTitle.parse({
      kind: 'game',
      id,
      name,
      summary,
      display: { width: 1280, height: 720, fps: 60 },
      input: ['keyboard'],
      mouse: 'none',
      controls: [],
      sound: true,
      licence: { spdx: 'GPL-2.0-or-later', source: 'Debian' },
      coverUrl: coverOf(id, name),
      availability,
    }),
    ...rest,
  };
}

/** A catalogue as a fresh machine with one game installed shows it. */
export const TITLES: CatalogueTitle[] = [
  title(
    'freedoom',
    'Freedoom: Phase 1',
    'A fast first-person shooter through bases overrun by monsters.',
    { ...ready, warm: true },
    {
      mouse: 'relative',
      controls: [
        { keys: 'W A S D', does: 'Walk and step aside' },
        { keys: 'Mouse or ← →', does: 'Turn' },
        { keys: 'Left button or F', does: 'Shoot' },
        { keys: 'Space or E', does: 'Open doors and press switches' },
        { keys: 'Shift', does: 'Run' },
        { keys: '1 … 7', does: 'Choose a weapon' },
        { keys: 'Tab', does: 'Map' },
      ],
    },
  ),
  title(
    'mrboom',
    'Mr. Boom',
    'Lay bombs in a maze and be the last one standing, alone or with up to seven others.',
    ready,
  ),
  title(
    'neverball',
    'Neverball',
    'Tilt the floor and roll a ball through a course before time runs out.',
    { ...ready, freeSlots: 0 },
    { mouse: 'relative' },
  ),
  title('supertux', 'SuperTux', 'Run and jump through Antarctica as a penguin.', {
    state: 'installable',
    install: ['supertux'],
    downloadMb: 176,
  }),
  title('chromium-bsu', 'Chromium B.S.U.', 'Fly a cargo ship through waves of enemies.', {
    state: 'installable',
    install: ['chromium-bsu'],
    downloadMb: 2,
  }),
  title(
    'latency-probe',
    'Latency probe',
    'A still screen that answers each key at once.',
    { ...ready, warm: true },
    { kind: 'probe', mouse: 'absolute', sound: false },
  ),
  title(
    'latency-probe-moving',
    'Latency probe, moving',
    'The same over a background that moves at 60 frames a second.',
    ready,
    { kind: 'probe', mouse: 'absolute', sound: false },
  ),
];
