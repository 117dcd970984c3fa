import type { CatalogueTitle } from '@kilat/shared/title/catalogue';
import { Menu as MenuIcon, VolumeX } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { PlaySession, TitleFacts } from '../../play/model.ts';
import { Overlay } from '../overlay/overlay.tsx';
import { useBackOpensMenu } from './back-opens-menu.ts';
import { captureMouse } from './capture-mouse.ts';
import { GamepadHint } from './gamepad-hint.tsx';
import { Hint } from './hint.tsx';
import { onHotKey } from './hot-keys.ts';
import { IdleWarning } from './idle-warning.tsx';
import { Menu } from './menu.tsx';
import styles from './playing.module.css';
import { prefer, preferences, USUAL_MAX_BITRATE_KBPS } from './preferences.ts';

interface PlayingProps {
  session: PlaySession;
  title: TitleFacts;
  controls: CatalogueTitle['controls'];
  /** For the gallery: open from the start. */
  menuOpen?: boolean;
  overlayShown?: boolean;
}

/** While playing, nothing lies over the picture unless it was asked for or needs an answer. */
export function Playing({ session, title, controls, menuOpen = false, overlayShown }: PlayingProps) {
  const { state, gamepads } = session;
  /** Whether the game held the mouse when the menu opened. */
  const hadMouse = useRef(false);
  const [menu, setMenu] = useState(menuOpen);
  const [overlay, setOverlay] = useState(() => overlayShown ?? preferences().overlay);

  const showOverlay = useCallback((shown: boolean) => {
    setOverlay(shown);
    prefer({ overlay: shown });
  }, []);

  useEffect(
    () => onHotKey((key) => (key === 'menu' ? setMenu((open) => !open) : showOverlay(!overlay))),
    [overlay, showOverlay],
  );

  useBackOpensMenu(menu, setMenu);

  useEffect(() => {
    if (menu) hadMouse.current = session.pointerLocked;
    session.setInputEnabled(!menu);
    if (menu) return;
    if (hadMouse.current) void captureMouse();
    hadMouse.current = false;
    document.getElementById('stage')?.focus({ preventScroll: true });
  }, [session, menu]);

  useEffect(() => {
    const { maxBitrateKbps } = preferences();
    if (maxBitrateKbps !== USUAL_MAX_BITRATE_KBPS) session.setMaxBitrateKbps(maxBitrateKbps);
  }, [session]);

  return (
    <>
      {overlay && <Overlay session={session} />}
      <div className={styles.top}>
        {session.soundBlocked && (
          <button type="button" className={styles.sound} onClick={() => session.startSound()}>
            <VolumeX aria-hidden /> Tap for sound
          </button>
        )}
        {state.is === 'playing' && state.soundLost && (
          <p className={styles.lost} role="status">
            <VolumeX aria-hidden /> The game’s sound has stopped. The picture goes on; leave and come back to get it
            again.
          </p>
        )}
      </div>
      {!menu && state.is === 'playing' && (
        <Hint
          mouse={title.mouse}
          pointerLocked={session.pointerLocked}
          gamepads={gamepads.blocked === 'title' ? undefined : gamepads.playing.length}
        />
      )}
      {!menu && state.is === 'playing' && <GamepadHint gamepads={gamepads} />}
      {state.is === 'playing' && state.idleEndsAtMs !== undefined && (
        <IdleWarning endsAtMs={state.idleEndsAtMs} onStay={() => session.stillHere()} />
      )}
      <button
        type="button"
        tabIndex={-1}
        className={styles.handle}
        aria-label="Open the menu (F9)"
        onClick={() => setMenu(true)}
      >
        <span>
          <MenuIcon aria-hidden />
        </span>
      </button>
      <Menu
        session={session}
        title={title}
        controls={controls}
        open={menu}
        onOpen={setMenu}
        overlay={overlay}
        onOverlay={showOverlay}
      />
    </>
  );
}
