import { type RefObject, useEffect, useState } from 'react';
import { NOTHING_HELD, padStep } from './gamepad-steps.ts';
import { type Direction, nearestIn } from './spatial-move.ts';

const arrows: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/**
 * Moves between cards (`[data-card]`) with arrow keys and gamepads, and to the search with `/`.
 * `current`: the title whose card had the focus last, where the Tab key comes back to.
 */
export function useCardMoves(page: RefObject<HTMLElement | null>, search: RefObject<HTMLInputElement | null>) {
  const [current, setCurrent] = useState<string>();
  const [padConnected, setPadConnected] = useState(false);

  useEffect(() => {
    const root = page.current;
    if (root === null) return;
    const cards = () => [...root.querySelectorAll<HTMLElement>('[data-card]')];

    const move = (direction: Direction) => {
      const all = cards();
      const from = all.indexOf(document.activeElement as HTMLElement);
      const to =
        from === -1
          ? 0
          : nearestIn(
              direction,
              from,
              all.map((card) => card.getBoundingClientRect()),
            );
      if (to !== undefined) all[to]?.focus();
      else if (direction === 'up') search.current?.focus();
    };

    const press = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const inSearch = document.activeElement === search.current;
      const direction = arrows[event.key];
      if (event.key === '/' && !inSearch) {
        event.preventDefault();
        search.current?.focus();
      } else if (event.key === 'Escape' && inSearch) {
        search.current?.blur();
        cards()[0]?.focus();
      } else if (direction !== undefined && (!inSearch || direction === 'down')) {
        event.preventDefault();
        move(direction);
      }
    };

    const focus = (event: FocusEvent) => {
      const card = (event.target as HTMLElement).closest<HTMLElement>('[data-card]');
      if (card?.dataset.card) setCurrent(card.dataset.card);
    };

    const stopPads = watchPads(move, setPadConnected, search);
    document.addEventListener('keydown', press);
    root.addEventListener('focusin', focus);
    return () => {
      stopPads();
      document.removeEventListener('keydown', press);
      root.removeEventListener('focusin', focus);
    };
  }, [page, search]);

  return { current, padConnected };
}

/** Reads gamepads once a frame while any is connected. Returns the way to stop. */
function watchPads(
  move: (direction: Direction) => void,
  tell: (connected: boolean) => void,
  search: RefObject<HTMLInputElement | null>,
): () => void {
  // Insecure origins have no Gamepad API.
  if (typeof navigator.getGamepads !== 'function') return () => undefined;
  let frame = 0;
  let memory = NOTHING_HELD;

  const read = (nowMs: number) => {
    const pad = navigator.getGamepads().find((candidate) => candidate !== null);
    frame = 0;
    if (!pad) return tell(false);
    const { step, memory: next } = padStep(pad, memory, nowMs);
    memory = next;
    if (step?.do === 'move') move(step.direction);
    else if (step?.do === 'press') (document.activeElement as HTMLElement | null)?.click();
    else if (step?.do === 'back') search.current?.blur();
    frame = requestAnimationFrame(read);
  };

  const begin = () => {
    tell(true);
    if (frame === 0) frame = requestAnimationFrame(read);
  };
  window.addEventListener('gamepadconnected', begin);
  if (navigator.getGamepads().some((pad) => pad !== null)) begin();
  return () => {
    window.removeEventListener('gamepadconnected', begin);
    cancelAnimationFrame(frame);
  };
}
