import { linuxKeyCode } from '@kilat/shared/input/keys';
import { nextProbeState, type ProbeState } from '@kilat/shared/title/probe-code';
import { onNextPicture, type Sight } from './next-picture.ts';
import { type Picture, type PictureElement, readPicture } from './picture.ts';
import { PROBE_AREA, readProbe } from './probe-picture.ts';

/** One key press and when its answer was in the page; times in ms of `performance.now()`. */
export interface WatchedPress {
  code: string;
  /** `KeyboardEvent.timeStamp`: when the browser took the key. */
  keyAtMs: number;
  number: number;
  /** Undefined when the answer was never shown before the watch ended. */
  seen: SeenPicture | undefined;
}

export interface SeenPicture {
  /** Rendering step in which the pixels were there. */
  shownMs: number;
  /** The pixels were read and the number found in them: what counts. */
  readMs: number;
  /** The picture showed this press and no later one, and its hash names the keys pressed. */
  exact: boolean;
  hashAgrees: boolean;
  /** The browser announced no frame for a while: found by the timer. */
  byTimer: boolean;
  frame: VideoFrameCallbackMetadata | undefined;
}

/** A browser may skip a video frame's callback; after this long without one the element is asked unannounced. */
const SILENCE_MS = 50;
/** Two times of one frame, µs. */
const SAME_FRAME_US = 1_000;

/** Watches the probe's picture for the answers to key presses. Reads pixels only while an answer is outstanding. */
export class PressWatch {
  readonly presses: WatchedPress[] = [];
  /** Pictures read that said nothing: torn, or no probe in them. */
  unreadable = 0;
  readonly readCostsMs: number[] = [];
  readonly #element: PictureElement;
  #expected: ProbeState;
  #expectedStates = new Map<WatchedPress, ProbeState>();
  #awaiting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: PictureElement, from: ProbeState) {
    this.#element = element;
    this.#expected = from;
  }

  /** What the picture shows now. */
  static async look(element: PictureElement): Promise<ProbeState | undefined> {
    const picture = await readPicture(element, PROBE_AREA);
    return picture && readProbe(picture);
  }

  /** What the picture must show once every press so far is answered. */
  get expected(): ProbeState {
    return this.#expected;
  }

  get outstanding(): number {
    return this.#expectedStates.size;
  }

  onKey(event: KeyboardEvent): void {
    const key = linuxKeyCode(event.code);
    if (!event.isTrusted || event.repeat || key === undefined) return;
    this.#expected = nextProbeState(this.#expected, key);
    const press: WatchedPress = {
      code: event.code,
      keyAtMs: event.timeStamp,
      number: this.#expected.number,
      seen: undefined,
    };
    this.presses.push(press);
    this.#expectedStates.set(press, this.#expected);
    this.#await();
    if (this.outstanding === 1) this.#waitForSilence();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#expectedStates.clear();
  }

  /** Every draw onto a canvas is noticed, so only a video can be silent. */
  #waitForSilence(): void {
    clearTimeout(this.#timer);
    if (!(this.#element instanceof HTMLVideoElement) || this.outstanding === 0) return;
    this.#timer = setTimeout(() => {
      void this.#read({ shownMs: performance.now(), frame: undefined });
      this.#waitForSilence();
    }, SILENCE_MS);
  }

  #await(): void {
    if (this.#awaiting) return;
    this.#awaiting = true;
    onNextPicture(this.#element, (sight) => {
      this.#awaiting = false;
      if (this.outstanding === 0) return;
      // Asked for before the read, so that a picture that comes meanwhile is not missed.
      this.#await();
      this.#waitForSilence();
      void this.#read(sight);
    });
  }

  async #read(sight: Sight): Promise<void> {
    const picture = await readPicture(this.#element, PROBE_AREA);
    const readMs = performance.now();
    // The element may hold the next frame already; that one counts when it is announced itself.
    if (picture !== undefined && isAhead(picture, sight)) return;
    const shown = picture && readProbe(picture);
    this.readCostsMs.push(readMs - sight.shownMs);
    if (shown === undefined) {
      this.unreadable++;
      return;
    }
    for (const [press, state] of this.#expectedStates) {
      const ahead = (shown.number - state.number) & 0xffff;
      if (ahead >= 0x8000) continue;
      const hashAgrees = ahead === 0 && shown.hash === state.hash;
      const byTimer = sight.frame === undefined && this.#element instanceof HTMLVideoElement;
      press.seen = { shownMs: sight.shownMs, readMs, exact: ahead === 0, hashAgrees, byTimer, frame: sight.frame };
      this.#expectedStates.delete(press);
    }
    if (this.outstanding === 0) clearTimeout(this.#timer);
  }
}

function isAhead(picture: Picture, { frame }: Sight): boolean {
  return frame !== undefined && Math.abs(picture.timestampUs - frame.mediaTime * 1e6) > SAME_FRAME_US;
}
