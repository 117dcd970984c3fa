const GROWS = { duration: 180, easing: 'cubic-bezier(0.2, 0, 0.1, 1)' };

let from: DOMRect | undefined;

/** The next cover to grow starts at this place of the window. */
export function growFrom(place: DOMRect): void {
  from = place;
}

/**
 * The launch is one shot: the cover grows from its card into the play page. One layer moves; a view transition would blend
 * whole pages, and where there is no GPU the launch would wait for that.
 */
export function grow(cover: HTMLElement | null): void {
  const start = from;
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
