/** Whether the whole page is fullscreen now. */
export const isFullscreen = (): boolean => document.fullscreenElement !== null;

/** Goes fullscreen, or comes back from it; a browser that refuses stays as it is. */
export async function toggleFullscreen(): Promise<void> {
  const change = isFullscreen()
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen({ navigationUI: 'hide' });
  await change.catch(() => undefined);
}

/** Calls back when fullscreen begins or ends; returns the way to stop. */
export function watchFullscreen(onChange: () => void): () => void {
  document.addEventListener('fullscreenchange', onChange);
  return () => document.removeEventListener('fullscreenchange', onChange);
}
