import { RefusalReason } from '@kilat/shared/launch/messages';
import { EndReason } from '@kilat/shared/session/life';
import type { ReactNode } from 'react';
import type { CatalogueState } from '../catalogue/catalogue-feed.ts';
import { CatalogueView, type CatalogueViewProps } from '../catalogue/catalogue-view.tsx';
import { NotFoundPage } from '../not-found-page.tsx';
import { Playing } from '../play/playing.tsx';
import { PlayView } from '../play/play-view.tsx';
import styles from '../play/play-view.module.css';
import type { PlaySession, PlayState, SecondOfPlay } from '../../play/model.ts';
import { FREEDOOM, playedSeconds, standingSession, summaryOf } from './fixture-play.ts';
import { TITLES } from './fixture-titles.ts';

/** One state of one page, with fixture data. */
export interface GalleryState {
  /** Whether the picture is below it. */
  play: boolean;
  draw(): ReactNode;
}

const nothing = () => undefined;

function catalogue(state: CatalogueState, rest: Partial<CatalogueViewProps> = {}): GalleryState {
  return {
    play: false,
    draw: () => (
      <CatalogueView
        catalogue={state}
        playedAtMs={{ freedoom: 2, neverball: 1 }}
        waiting={new Set()}
        missing={undefined}
        secure
        onPlay={nothing}
        onTryNow={nothing}
        {...rest}
      />
    ),
  };
}

function play(session: () => PlaySession): GalleryState {
  return {
    play: true,
    draw: () => (
      <PlayView
        session={session()}
        titleId="freedoom"
        card={TITLES[0]}
        onAgain={nothing}
        onBack={nothing}
        onReload={nothing}
      />
    ),
  };
}

const playing: PlayState = { is: 'playing', title: FREEDOOM, idleEndsAtMs: undefined, soundLost: false };
const starting = (
  stage: Extract<PlayState, { is: 'starting' }>['stage'],
  agoMs: number,
  known: boolean,
  returning = false,
): GalleryState =>
  play(() =>
    standingSession({
      is: 'starting',
      stage,
      startedAtMs: performance.now() - agoMs,
      title: known ? FREEDOOM : undefined,
      returning,
    }),
  );
const refused = (why: Extract<PlayState, { is: 'refused' }>['why']): GalleryState =>
  play(() => standingSession({ is: 'refused', why }));
const ended = (reason: EndReason, seconds = playedSeconds(318), detail?: string): GalleryState =>
  play(() =>
    standingSession({
      is: 'ended',
      title: FREEDOOM,
      reason,
      detail,
      summary: seconds.length > 0 ? summaryOf(seconds) : { ...summaryOf([]), launchMs: {} },
    }),
  );
const withoutInput = (second: SecondOfPlay): SecondOfPlay => ({
  ...second,
  latencyP50Ms: undefined,
  latencyMaxMs: undefined,
  stagesMs: {},
});
const around = (session: PlaySession, open: { menuOpen?: boolean; overlayShown?: boolean }): GalleryState => ({
  play: true,
  draw: () => (
    <div className={styles.around}>
      <Playing session={session} title={FREEDOOM} controls={TITLES[0]?.controls ?? []} {...open} />
    </div>
  ),
});

/** Every state, by the name of its picture. */
export const STATES: Record<string, GalleryState> = {
  catalogue: catalogue({ is: 'ready', titles: TITLES, live: true }),
  'catalogue-loading': catalogue({ is: 'loading' }),
  'catalogue-empty': catalogue({ is: 'ready', titles: [], live: true }),
  'catalogue-unreachable': catalogue({ is: 'unreachable', retryAtMs: performance.now() + 4000 }),
  'catalogue-offline': catalogue({ is: 'ready', titles: TITLES, live: false }),
  'catalogue-no-machine': catalogue({
    is: 'ready',
    titles: TITLES.map((title) => ({ ...title, availability: { state: 'no-edge' } })),
    live: true,
  }),
  'catalogue-waiting': catalogue(
    {
      is: 'ready',
      titles: TITLES.map((title) => ({ ...title, availability: { state: 'draining' } })),
      live: true,
    },
    { waiting: new Set(['freedoom']) },
  ),
  'catalogue-unsupported': catalogue({ is: 'ready', titles: TITLES, live: true }, { missing: 'h264' }),
  'catalogue-insecure': catalogue({ is: 'ready', titles: TITLES, live: true }, { secure: false }),
  starting: starting('drawn', 840, true),
  'starting-asking': starting('asking', 60, false),
  'starting-returning': starting('asking', 3_400, false, true),
  playing: around(standingSession(playing), {}),
  'playing-first-time': around(standingSession(playing, { pointerLocked: false }), {}),
  'playing-overlay': around(standingSession(playing, { seconds: playedSeconds(60) }), { overlayShown: true }),
  'playing-overlay-empty': around(standingSession(playing), { overlayShown: true }),
  'playing-menu': around(standingSession(playing), { menuOpen: true }),
  'playing-gamepads': around(
    standingSession(playing, {
      gamepads: {
        playing: ['Xbox Wireless Controller'],
        unknown: ['DragonRise Generic USB Joystick'],
        blocked: undefined,
      },
    }),
    { menuOpen: true },
  ),
  'playing-sound-blocked': around(standingSession(playing, { soundBlocked: true, pointerLocked: false }), {}),
  'playing-sound-lost': around(standingSession({ ...playing, soundLost: true }), {}),
  'playing-idle': around(standingSession({ ...playing, idleEndsAtMs: performance.now() + 58_000 }), {}),
  reconnecting: play(() =>
    standingSession({ is: 'reconnecting', title: FREEDOOM, attempt: 1, heldUntilMs: performance.now() + 54_000 }),
  ),
  ...Object.fromEntries(RefusalReason.options.map((reason) => [`refused-${reason}`, refused({ ok: false, reason })])),
  'refused-unsupported-webrtc': refused({ reason: 'unsupported', missing: 'webrtc' }),
  'refused-unsupported-h264': refused({ reason: 'unsupported', missing: 'h264' }),
  'refused-unreachable': refused({ reason: 'unreachable' }),
  ...Object.fromEntries(EndReason.options.map((reason) => [`ended-${reason}`, ended(reason)])),
  'ended-title-crashed': ended('title-crashed', playedSeconds(318), 'dsda-doom ended with signal 11'),
  'ended-short': ended('left', playedSeconds(4)),
  'ended-without-input': ended('left', playedSeconds(40).map(withoutInput)),
  'ended-without-data': ended('start-failed', []),
  'not-found': { play: false, draw: () => <NotFoundPage /> },
};
