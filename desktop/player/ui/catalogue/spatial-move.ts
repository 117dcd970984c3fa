export type Direction = 'left' | 'right' | 'up' | 'down';

/** Where an element lies, CSS pixels. */
export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** How much more a step aside costs than a step ahead. */
const ASIDE = 3;
/** Among candidates straight ahead the one nearer the middle wins by a hair. */
const HAIR = 0.01;

/** Index of the nearest element in a direction, by what one sees, whatever the grid; undefined at the edge. */
export function nearestIn(direction: Direction, from: number, places: readonly Place[]): number | undefined {
  const here = places[from];
  if (here === undefined) return undefined;
  let best: { index: number; cost: number } | undefined;
  places.forEach((there, index) => {
    if (index === from) return;
    const { ahead, aside } = distance(direction, here, there);
    if (ahead <= 0) return;
    const cost = ahead + ASIDE * aside;
    if (best === undefined || cost < best.cost) best = { index, cost };
  });
  return best?.index;
}

/** How far `there` lies ahead, edge to edge, and how far beside; 0 or less ahead where it is not beyond this edge. */
function distance(direction: Direction, here: Place, there: Place): { ahead: number; aside: number } {
  const gapLeft = here.left - (there.left + there.width);
  const gapRight = there.left - (here.left + here.width);
  const gapUp = here.top - (there.top + there.height);
  const gapDown = there.top - (here.top + here.height);
  const besideX =
    Math.max(0, gapLeft, gapRight) + HAIR * Math.abs(middle(there.left, there.width) - middle(here.left, here.width));
  const besideY =
    Math.max(0, gapUp, gapDown) + HAIR * Math.abs(middle(there.top, there.height) - middle(here.top, here.height));
  switch (direction) {
    case 'left':
      return { ahead: gapLeft, aside: besideY };
    case 'right':
      return { ahead: gapRight, aside: besideY };
    case 'up':
      return { ahead: gapUp, aside: besideX };
    case 'down':
      return { ahead: gapDown, aside: besideX };
  }
}

const middle = (start: number, length: number): number => start + length / 2;
