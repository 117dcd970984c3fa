import { watchClicks } from '../launch/click-clock.ts';
import { indexerSocket } from '../launch/page-socket.ts';
import { prepare } from '../launch/prepare.ts';
import { SessionMemory } from '../launch/session-memory.ts';
import { expose } from './expose.ts';
import type { PlayParts } from './given-session.ts';
import { Leaving } from './leaving.ts';
import type { StartPlaying } from './model.ts';
import { LivePlaySession } from './play-session.ts';

// Loading this module connects the socket and prepares WebRTC, before any click.
watchClicks();
const parts: PlayParts = {
  indexer: indexerSocket(),
  prepared: prepare(),
  memory: new SessionMemory(sessionStorage),
  leaving: new Leaving(indexerSocket()),
};
addEventListener('pagehide', () => parts.leaving.pageHides());

export const startPlaying: StartPlaying = (titleId, options = {}) => {
  const session = new LivePlaySession(titleId, options, parts);
  expose(session);
  return session;
};
