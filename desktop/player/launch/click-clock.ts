/** A gesture counts as the cause of a launch that follows within this time, ms. */
const CAUSE_MS = 1_000;

let lastGestureMs: number | undefined;

/** Remembers when the player last clicked or pressed Enter; call once at page load. */
export function watchClicks(): void {
  const note = (event: Event) => {
    if (event.isTrusted) lastGestureMs = event.timeStamp;
  };
  addEventListener('click', note, { capture: true, passive: true });
  addEventListener('keydown', (event) => (event.key === 'Enter' || event.key === ' ' ? note(event) : undefined), {
    capture: true,
    passive: true,
  });
}

/** When the launch under way was asked for, on `performance.now()`: the click, or 0 (the navigation) for the page's first. */
export function launchOriginMs(nowMs: number): number {
  return launchOrigin(nowMs, lastGestureMs);
}

/** Without a recent gesture in this document the navigation itself was the click. */
export function launchOrigin(nowMs: number, gestureMs: number | undefined): number {
  if (gestureMs === undefined) return 0;
  return nowMs - gestureMs <= CAUSE_MS ? gestureMs : nowMs;
}
