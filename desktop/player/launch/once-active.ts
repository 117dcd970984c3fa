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
        // Escape and the like activate nothing; a browser that does not say is believed.
        if (navigator.userActivation?.hasBeenActive === false) return;
        touched.abort();
        call();
      },
      { signal: AbortSignal.any([signal, touched.signal]), capture: true },
    );
}
