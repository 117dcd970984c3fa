import { flushSync } from 'react-dom';
import { launchTitle } from '../current-session.ts';

/** Launches on the click itself, then turns the page: the cover grows into the play page where the browser can do that. */
export function openTitle(titleId: string, cover: HTMLElement | null, turnPage: () => void): void {
  launchTitle(titleId);
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (cover === null || still || typeof document.startViewTransition !== 'function') return turnPage();
  cover.style.viewTransitionName = 'cover';
  document.startViewTransition(() => {
    cover.style.viewTransitionName = '';
    flushSync(turnPage);
  });
}
