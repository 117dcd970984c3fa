import { onNextPicture } from './next-picture.ts';
import { DISPLAY, type Picture, type PictureElement, readPicture } from './picture.ts';

/** Times in ms since the Unix epoch on this machine's clock, so that they hold across a page load. */
export interface FirstPictures {
  /** Last trusted click, in this page or the one before. */
  clickedAtMs: number | undefined;
  /** The first frame of any content. */
  frameAtMs: number | undefined;
  /** The first frame that is not one colour: the title has drawn. */
  drawnAtMs: number | undefined;
}

const CLICK_KEY = 'kilat-bench-click';
/** Brightness by which two points of a picture must differ to call it drawn. */
const DIFFERENCE = 24;
const COLUMNS = 32;
const ROWS = 18;

const epoch = (pageMs: number): number => performance.timeOrigin + pageMs;

/** Notes clicks, and the first frames of each picture element that appears. Install before the page's own scripts. */
export class FirstPictureWatch {
  readonly #selector: string;
  #frameAtMs: number | undefined;
  #drawnAtMs: number | undefined;
  #watched: Element | undefined;

  constructor(selector: string) {
    this.#selector = selector;
    const note = (event: MouseEvent) => {
      if (!event.isTrusted) return;
      sessionStorage.setItem(CLICK_KEY, String(epoch(event.timeStamp)));
      this.#frameAtMs = undefined;
      this.#drawnAtMs = undefined;
      this.#watched = undefined;
    };
    addEventListener('click', note, { capture: true });
    const find = () => {
      const element = document.querySelector<PictureElement>(this.#selector);
      if (element === null || element === this.#watched) return;
      this.#watched = element;
      this.#watch(element);
    };
    new MutationObserver(find).observe(document, { childList: true, subtree: true });
  }

  read(): FirstPictures {
    const clicked = sessionStorage.getItem(CLICK_KEY);
    return {
      clickedAtMs: clicked === null ? undefined : Number(clicked),
      frameAtMs: this.#frameAtMs,
      drawnAtMs: this.#drawnAtMs,
    };
  }

  #watch(element: PictureElement): void {
    onNextPicture(element, ({ shownMs }) => {
      if (element !== this.#watched) return;
      this.#frameAtMs ??= epoch(shownMs);
      void readPicture(element, { x: 0, y: 0, ...DISPLAY }).then((picture) => {
        if (element !== this.#watched || this.#drawnAtMs !== undefined) return;
        if (picture !== undefined && isDrawn(picture)) this.#drawnAtMs = epoch(shownMs);
        else this.#watch(element);
      });
    });
  }
}

/** Whether a picture is more than one colour. */
export function isDrawn(picture: Picture): boolean {
  let [darkest, brightest] = [255, 0];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const value = picture.at(((column + 0.5) * DISPLAY.width) / COLUMNS, ((row + 0.5) * DISPLAY.height) / ROWS);
      darkest = Math.min(darkest, value);
      brightest = Math.max(brightest, value);
    }
  }
  return brightest - darkest >= DIFFERENCE;
}
