const GROWS = { duration: 180, easing: 'cubic-bezier(0.2, 0, 0.1, 1)' };

/** A page that has not been drawn by then is not this launch's, ms. */
const FRESH_MS = 1_000;

let from: { place: DOMRect; atMs: number } | undefined;

/** The next cover to grow starts at this place of the window. */
export function growFrom(place: DOMRect): void {
  from = { place, atMs: performance.now() };
}

/**
 * The launch is one shot: the cover grows from its card into the play page. One layer moves; a view transition would blend
 * whole pages, and where there is no GPU the launch would wait for that.
 */
export function grow(cover: HTMLElement | null): void {
  const start = from !== undefined && performance.now() - from.atMs < FRESH_MS ? from.place : undefined;
  from = undefined;
  if (cover === null || start === undefined || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const end = cover.getBoundingClientRect();
  const [x, y] = [start.left - end.left, start.top - end.top];
  const transform = `translate(${x}px, ${y}px) scale(${start.width / end.width}, ${start.height / end.height})`;
  cover.animate(
    [
      { transformOrigin: 'top left', transform },
      { transformOrigin: 'top left', transform: 'none' },
    ],
    GROWS,
  );
}
