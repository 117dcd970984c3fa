/** A gesture counts as the cause of a launch that follows within this time, ms. */
const CAUSE_MS = 1_000;

let lastGestureMs: number | undefined;
let launches = 0;

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

/**
 * When the launch that begins was asked for, on `performance.now()`: the click, 0 (the navigation) for the page's first, or
 * now, for one that the page makes by itself. Call once per launch.
 */
export function launchOriginMs(nowMs: number): number {
  launches += 1;
  return launchOrigin(nowMs, lastGestureMs, launches === 1);
}

/** Without a gesture in this document the navigation itself was the click for its `first` launch. */
export function launchOrigin(nowMs: number, gestureMs: number | undefined, first: boolean): number {
  if (gestureMs === undefined) return first ? 0 : nowMs;
  return nowMs - gestureMs <= CAUSE_MS ? gestureMs : nowMs;
}
