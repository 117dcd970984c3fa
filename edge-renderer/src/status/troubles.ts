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

type Ended = Extract<SessionEvent, { type: 'ended' }>;

/** The sentence about an ended session; undefined for an end that is nobody's fault. */
export function troubleOfEnd({ reason, detail }: Ended, titleName: string): string | undefined {
  const why = detail === undefined || detail === '' ? '' : ` It said: ${detail.slice(0, 200)}`;
  switch (reason) {
    case 'title-crashed':
      return `${titleName} crashed and its session ended.${why}`;
    case 'start-failed':
      return `A session of ${titleName} did not start.${why}`;
    case 'display-lost':
      return `The X server of a session of ${titleName} died, and the session with it.${why}`;
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
