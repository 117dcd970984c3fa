import { linuxKeyCode } from '@kilat/shared/input/keys';
import { type LatencyStage, splitLatency } from '@kilat/shared/latency/stages';
import { rtpAtOrAfter } from '@kilat/shared/units';
import { EdgeReportTap } from './edge-report.ts';
import { type FirstPictures, FirstPictureWatch } from './first-picture.ts';
import { noticeDraws } from './next-picture.ts';
import type { PictureElement } from './picture.ts';
import { PressWatch, type WatchedPress } from './press-watch.ts';
import { type Traffic, TrafficTap } from './traffic.ts';

/** What the sampler says of one key press; plain data, times in ms. */
export interface PressReading {
  code: string;
  keyAtMs: number;
  /** Key → rendering step with the answer; null when it was never shown. */
  shownMs: number | null;
  /** Key → answer read from the pixels: the figure that counts. Null when it was never shown. */
  totalMs: number | null;
  exact: boolean;
  hashAgrees: boolean;
  byTimer: boolean;
  edge: EdgeReading | null;
}

/** The edge's own report of the same press, joined with what the browser says of the frame; null where it said nothing. */
export interface EdgeReading {
  stagesMs: Record<LatencyStage, number>;
  clockUncertaintyMs: number;
  /** The frame the pixels were found in, against the frame the edge named. */
  frame: 'same' | 'later' | 'earlier';
}

export interface BlockReading {
  presses: PressReading[];
  /** The picture at the end, after everything settled, shows the last press. */
  finalAgrees: boolean;
  unreadable: number;
  readCostsMs: number[];
}

/** What the bench calls in a page, as `window.kilatBench`. */
export class PageSampler {
  readonly #selector: string;
  readonly #edge = new EdgeReportTap();
  readonly #traffic = new TrafficTap();
  readonly #first: FirstPictureWatch;
  #presses: PressWatch | undefined;

  constructor(selector: string) {
    this.#selector = selector;
    noticeDraws();
    this.#traffic.install();
    this.#edge.install();
    this.#first = new FirstPictureWatch(selector);
    addEventListener('keydown', (event) => this.#presses?.onKey(event), { capture: true });
  }

  /** Whether the probe's picture is there. */
  async ready(): Promise<boolean> {
    const element = this.#find();
    return element !== undefined && (await PressWatch.look(element)) !== undefined;
  }

  /** Starts a block from what the picture shows now. */
  async begin(): Promise<void> {
    const element = this.#find();
    const from = element && (await PressWatch.look(element));
    if (element === undefined || from === undefined) throw new Error('the picture does not show the probe');
    this.#edge.forget();
    this.#presses = new PressWatch(element, from);
  }

  outstanding(): number {
    return this.#presses?.outstanding ?? 0;
  }

  /** Ends the block; call when the picture has settled. */
  async end(): Promise<BlockReading> {
    const watch = this.#presses;
    const element = this.#find();
    if (watch === undefined || element === undefined) throw new Error('no block was begun');
    this.#presses = undefined;
    watch.stop();
    const shown = await PressWatch.look(element);
    return {
      presses: this.#readings(watch.presses),
      finalAgrees: shown?.number === watch.expected.number,
      unreadable: watch.unreadable,
      readCostsMs: watch.readCostsMs,
    };
  }

  traffic(): Promise<Traffic> {
    return this.#traffic.read();
  }

  firstPictures(): FirstPictures {
    return this.#first.read();
  }

  #find(): PictureElement | undefined {
    return document.querySelector<PictureElement>(this.#selector) ?? undefined;
  }

  #readings(presses: readonly WatchedPress[]): PressReading[] {
    return presses.map((press, place) => {
      const { code, keyAtMs, seen } = press;
      return {
        code,
        keyAtMs,
        shownMs: seen === undefined ? null : seen.shownMs - keyAtMs,
        totalMs: seen === undefined ? null : seen.readMs - keyAtMs,
        exact: seen?.exact ?? false,
        hashAgrees: seen?.hashAgrees ?? false,
        byTimer: seen?.byTimer ?? false,
        edge: this.#edgeReading(press, place),
      };
    });
  }

  #edgeReading({ code, keyAtMs, seen }: WatchedPress, place: number): EdgeReading | null {
    // Presses and the key-downs sent are the same list; a key that differs means that they are not.
    const sent = this.#edge.sentKeys[place];
    const clock = this.#edge.clock();
    const frame = seen?.frame;
    if (
      sent === undefined ||
      sent.key !== linuxKeyCode(code) ||
      clock === undefined ||
      seen === undefined ||
      frame?.rtpTimestamp === undefined
    ) {
      return null;
    }
    const answer = this.#edge.answer(sent.seq);
    if (answer === undefined) return null;
    const shownFrame = {
      rtpTimestamp: frame.rtpTimestamp,
      receivedMs: frame.receiveTime,
      decodeMs: frame.processingDuration === undefined ? undefined : frame.processingDuration * 1000,
      presentedMs: frame.presentationTime,
      shownMs: seen.shownMs,
      expectedDisplayMs: frame.expectedDisplayTime,
    };
    const { stages } = splitLatency(sent.seq, keyAtMs, answer, shownFrame, clock);
    const same = frame.rtpTimestamp === answer.rtpTimestamp;
    const later = rtpAtOrAfter(frame.rtpTimestamp, answer.rtpTimestamp);
    return {
      stagesMs: stages,
      clockUncertaintyMs: clock.uncertaintyMs,
      frame: same ? 'same' : later ? 'later' : 'earlier',
    };
  }
}
