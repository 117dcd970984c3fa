/** Calls once the player has touched the page (at once where that is so already), unless aborted before. */
export function onceActive(signal: AbortSignal, call: () => void): void {
  if (navigator.userActivation?.hasBeenActive) {
    call();
    return;
  }
  const touched = new AbortController();
  for (const type of ['pointerdown', 'pointerup', 'keydown'] as const)
    addEventListener(
      type,
      () => {
        if (!navigator.userActivation?.hasBeenActive && navigator.userActivation !== undefined) return;
        touched.abort();
        call();
      },
      { signal: AbortSignal.any([signal, touched.signal]), capture: true },
    );
}
