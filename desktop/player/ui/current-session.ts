import type { PlaySession } from '../play/model.ts';
import { startPlaying } from '../play/start-playing.ts';
import { RESERVED_KEYS } from './play/hot-keys.ts';
import { preferences } from './play/preferences.ts';
import { forgetOver, markOver } from './over.ts';
import { recall, remember } from './remembered.ts';

/** The one session of this page. */
export interface CurrentSession {
  titleId: string;
  session: PlaySession;
}

let current: CurrentSession | undefined;
const watchers = new Set<() => void>();

export const currentSession = (): CurrentSession | undefined => current;

/** Calls back when another session becomes current; returns the way to stop. */
export function watchCurrentSession(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => watchers.delete(onChange);
}

/** Launches a title at once, in place of what is being played; the picture goes to `video#stream`. */
export function launchTitle(titleId: string): void {
  leaveIfAlive();
  const session = startPlaying(titleId, { reservedKeys: RESERVED_KEYS });
  const stage = pageElement('stage', HTMLElement);
  session.mount(pageElement('stream', HTMLVideoElement), stage);
  session.setVolume(preferences().volume);
  document.documentElement.dataset.page = 'play';
  change({ titleId, session });
  forgetOver();
  let played = false;
  session.subscribe(() => {
    if (session.state.is === 'ended' && current?.session === session) markOver(titleId);
    if (session.state.is !== 'playing' || played) return;
    played = true;
    remember('kilat.played', { ...recall('kilat.played'), [titleId]: Date.now() });
  });
}

/** Leaves what is being played and takes the picture away. */
export function leaveCurrentSession(): void {
  leaveIfAlive();
  delete document.documentElement.dataset.page;
  change(undefined);
}

function leaveIfAlive(): void {
  const is = current?.session.state.is;
  if (is === 'starting' || is === 'playing' || is === 'reconnecting') current?.session.leave();
}

function change(next: CurrentSession | undefined): void {
  current = next;
  for (const tell of watchers) tell();
}

function pageElement<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`The page has no #${id}.`);
  return element;
}
