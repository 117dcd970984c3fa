import { Gamepad2, Menu, MousePointerClick } from 'lucide-react';
import { useEffect, useState } from 'react';
import { recall, remember } from '../remembered.ts';
import styles from './hint.module.css';
import { touchOnly } from './touch-only.ts';

const SHOWN_MS = 6000;

interface HintProps {
  mouse: 'relative' | 'absolute' | 'none';
  pointerLocked: boolean;
  /** Whether the game takes gamepads, and how many it has. */
  gamepads: number | undefined;
}

/** Ways into the menu, shown once in a browser's life; and what the game lacks to be played with, whenever it does. */
export function Hint({ mouse, pointerLocked, gamepads }: HintProps) {
  const [fingers] = useState(touchOnly);
  const keys = useOnce('keys', !fingers);
  const handle = useOnce('handle', fingers);
  const free = useOnce('free-mouse', mouse === 'relative' && pointerLocked);
  const capture = useForAWhile(mouse === 'relative' && !pointerLocked && !fingers);
  // A finger is a mouse's pointer to the game, and no more than that.
  const wants = useForAWhile(fingers && mouse !== 'absolute' && (gamepads ?? 0) === 0);

  if (!keys && !handle && !free && !capture && !wants) return null;
  return (
    <div className={styles.hints} role="status">
      {capture && (
        <p>
          <MousePointerClick aria-hidden /> Click the picture to turn with the mouse
        </p>
      )}
      {free && (
        <p>
          <kbd>Esc</kbd> gives the mouse back
        </p>
      )}
      {wants && (
        <p>
          <Gamepad2 aria-hidden /> This game wants a keyboard{gamepads === undefined ? '' : ' or a gamepad'}: connect
          one to play
        </p>
      )}
      {handle && (
        <p>
          <Menu aria-hidden /> The tab at the right edge opens the menu
        </p>
      )}
      {keys && (
        <p>
          <kbd>F9</kbd> menu <kbd>F8</kbd> figures
        </p>
      )}
    </div>
  );
}

/** True for a while from the first time `when` holds in this browser, and never again. */
function useOnce(hint: string, when: boolean): boolean {
  const [fresh] = useState(() => !(recall('kilat.hints') ?? []).includes(hint));
  const shown = useForAWhile(fresh && when);
  useEffect(() => {
    if (shown) remember('kilat.hints', [...new Set([...(recall('kilat.hints') ?? []), hint])]);
  }, [shown, hint]);
  return shown;
}

/** True for a while from each time `when` begins to hold. */
export function useForAWhile(when: boolean): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!when) return;
    setOver(false);
    const timer = setTimeout(() => setOver(true), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [when]);
  return when && !over;
}
