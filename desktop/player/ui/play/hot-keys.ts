/** Keys that stay with the page while playing; the title never sees them. F11 is the browser's own fullscreen. */
export const RESERVED_KEYS: ReadonlySet<string> = new Set(['F8', 'F9', 'F11']);

export type HotKey = 'overlay' | 'menu';

/** What a key press asks of the page; undefined when it belongs to the title. */
export function hotKeyOf(event: { code: string; shiftKey: boolean; repeat: boolean }): HotKey | undefined {
  if (event.repeat) return undefined;
  if (event.code === 'F8') return 'overlay';
  if (event.code === 'F9' || (event.code === 'Escape' && event.shiftKey)) return 'menu';
  return undefined;
}

/** Calls back on a hot key before the title or the browser gets it; returns the way to stop. */
export function onHotKey(act: (key: HotKey) => void): () => void {
  const press = (event: KeyboardEvent) => {
    const key = hotKeyOf(event);
    if (key === undefined) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(key);
  };
  window.addEventListener('keydown', press, { capture: true });
  return () => window.removeEventListener('keydown', press, { capture: true });
}
