import type { PictureElement } from './picture.ts';

/** When an element's new picture had been handed to the browser's compositor, ms of `performance.now()`. */
export interface Sight {
  shownMs: number;
  /** What the browser says of a video's frame. */
  frame: VideoFrameCallbackMetadata | undefined;
}

type OnSight = (sight: Sight) => void;
const waiting = new Map<HTMLCanvasElement, OnSight>();

/**
 * Calls back once, at the first moment at which a script can run after the element's next picture was handed to the
 * compositor: for a video that is `requestVideoFrameCallback`; for a canvas the task after the rendering step that
 * follows a draw onto it. Neither makes a page render when nothing changed, and nothing runs while nobody waits.
 */
export function onNextPicture(element: PictureElement, onSight: OnSight): void {
  if (element instanceof HTMLVideoElement) {
    element.requestVideoFrameCallback((_, frame) => onSight({ shownMs: performance.now(), frame }));
  } else {
    waiting.set(element, onSight);
  }
}

/** Lets draws onto canvases be noticed. Call before the page's own scripts run. */
export function noticeDraws(): void {
  const context = CanvasRenderingContext2D.prototype;
  for (const name of ['drawImage', 'putImageData', 'fillRect'] as const) {
    const draw = context[name] as (...values: unknown[]) => void;
    Object.defineProperty(context, name, {
      configurable: true,
      writable: true,
      value(this: CanvasRenderingContext2D, ...values: unknown[]) {
        draw.apply(this, values);
        if (waiting.size > 0) drawn(this.canvas);
      },
    });
  }
}

function drawn(canvas: HTMLCanvasElement): void {
  const onSight = waiting.get(canvas);
  if (onSight === undefined) return;
  waiting.delete(canvas);
  requestAnimationFrame(() => {
    // Posted, not called: an animation frame runs before its step paints and commits. Urgent: what the page itself has
    // to do next must not count.
    void scheduler.postTask(() => onSight({ shownMs: performance.now(), frame: undefined }), { priority: 'user-blocking' });
  });
}
