import { useEffect, useRef } from 'react';

const GUARD = 'kilat-playing';
const guarded = () => history.state === GUARD;

/**
 * While a game is played, the browser's Back (a phone's swipe, a mouse's side button) opens the menu instead of leaving the
 * game; with the menu open it leaves. An entry of the history that is there to be gone back from stands before the page's.
 */
export function useBackOpensMenu(open: boolean, onOpen: (open: boolean) => void): void {
  const isOpen = useRef(open);

  useEffect(() => {
    isOpen.current = open;
    if (!open && !guarded()) history.pushState(GUARD, '');
  }, [open]);

  useEffect(() => {
    const { pathname } = location;
    const gone = () => {
      if (guarded() || location.pathname !== pathname) return;
      if (isOpen.current) history.back();
      else onOpen(true);
    };
    addEventListener('popstate', gone);
    return () => {
      removeEventListener('popstate', gone);
      if (guarded()) history.back();
    };
  }, [onOpen]);
}
