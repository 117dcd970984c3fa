import { MousePointerClick } from 'lucide-react';
import { useEffect, useState } from 'react';
import { recall, remember } from '../remembered.ts';
import styles from './hint.module.css';

const SHOWN_MS = 6000;

/** Keys of the page, shown once in a browser's life; and how to give the game the mouse, whenever it lacks it. */
export function Hint({ mouse, pointerLocked }: { mouse: 'relative' | 'absolute' | 'none'; pointerLocked: boolean }) {
  const keys = useOnce('keys', true);
  const free = useOnce('free-mouse', mouse === 'relative' && pointerLocked);
  const capture = useForAWhile(mouse === 'relative' && !pointerLocked && matchMedia('(any-pointer: fine)').matches);

  if (!keys && !free && !capture) return null;
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
