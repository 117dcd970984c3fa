import type { SessionEvent } from '@kilat/shared/session/life';

/** Something an operator may want to mend. */
export interface Trouble {
  atMs: number;
  /** What happened and what follows, in words. */
  text: string;
}

const MOST_KEPT = 30;

/** The last things that went wrong on this edge, newest first, in plain words. */
export class Troubles {
  #kept: Trouble[] = [];

  note(text: string): void {
    // The same again only moves to the front.
    this.#kept = [{ atMs: Date.now(), text }, ...this.#kept.filter((trouble) => trouble.text !== text)].slice(
      0,
      MOST_KEPT,
    );
  }

  get list(): readonly Trouble[] {
    return this.#kept;
  }
}

/** The sentence about what happened to a session; undefined for what is nobody's fault. */
export function troubleOf(event: SessionEvent, titleName: string): string | undefined {
  if (event.type === 'ended') return troubleOfEnd(event, titleName);
  if (event.type !== 'encoder-changed') return undefined;
  const { from, to, why } = event;
  return `The encoder ${from} failed in a session of ${titleName}, which goes on with ${to}.${itSaid(why)}`;
}

const itSaid = (why: string | undefined): string =>
  why === undefined || why === '' ? '' : ` It said: ${why.slice(0, 200)}`;

function troubleOfEnd(
  { reason, detail }: Extract<SessionEvent, { type: 'ended' }>,
  titleName: string,
): string | undefined {
  const why = itSaid(detail);
  switch (reason) {
    case 'title-crashed':
      return `${titleName} crashed and its session ended.${why}`;
    case 'start-failed':
      return `A session of ${titleName} did not start.${why}`;
    case 'display-lost':
      return `The X server of a session of ${titleName} died, and the session with it.${why}`;
    case 'encoder-lost':
      return `The last encoder of a session of ${titleName} failed, and the session ended.${why}`;
    case 'session-crashed':
      return `The process of a session of ${titleName} died; the player was told and can launch again.`;
    case 'left':
    case 'idle':
    case 'player-gone':
    case 'replaced':
    case 'title-exited':
    case 'edge-lost':
    case 'edge-stopped':
      return undefined;
  }
}
