interface LockableKeyboard {
  lock?: () => Promise<void>;
  unlock?: () => void;
}

/** Whether this browser can give the game every key in fullscreen: not on an insecure origin, not in every browser. */
export const canLockKeyboard = (): boolean =>
  (navigator as { keyboard?: LockableKeyboard }).keyboard?.lock !== undefined;

/** In fullscreen, asks the browser for the keys it keeps for itself (Escape, Alt+Tab, Meta), where it can give them; returns the way to stop. */
export function lockKeyboardInFullscreen(): () => void {
  const { keyboard } = navigator as { keyboard?: LockableKeyboard };
  if (keyboard?.lock === undefined) return () => undefined;
  const onFullscreenChange = () => {
    if (document.fullscreenElement === null) keyboard.unlock?.();
    // Refused without a secure origin or the player's consent: the game then lacks those keys, nothing more.
    else keyboard.lock?.().catch(() => undefined);
  };
  document.addEventListener('fullscreenchange', onFullscreenChange);
  onFullscreenChange();
  return () => {
    document.removeEventListener('fullscreenchange', onFullscreenChange);
    keyboard.unlock?.();
  };
}
