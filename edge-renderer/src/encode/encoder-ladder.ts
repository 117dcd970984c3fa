import type { Rendition } from '@kilat/shared/media/rendition';
import type { RowRun } from '../capture/row-runs.ts';
import { openEncoder, type OpenEncoder } from './open-encoder.ts';
import type { Screen } from './screen.ts';
import { type EncodedFrame, type EncoderKind, EncoderError, type VideoEncoder } from './video-encoder.ts';

/** One encoder gave way to the next. */
export interface EncoderChange {
  from: EncoderKind;
  to: EncoderKind;
  why: string;
}

/** A GPU that hangs gives no error: a frame that takes this long has failed, ms. */
const HUNG_MS = 2_000;

/**
 * An encoder that outlives its implementations: when one fails, the next in the ladder goes on with the same picture, as an
 * IDR. Rejects only when the last has failed.
 */
export class EncoderLadder implements VideoEncoder {
  readonly #screen: Screen;
  readonly #onChange: (change: EncoderChange) => void;
  readonly #open: OpenEncoder;
  readonly #hungMs: number;
  #rest: EncoderKind[];
  #rendition: Rendition;
  #current: VideoEncoder;
  #closed = false;

  private constructor(
    current: VideoEncoder,
    rest: EncoderKind[],
    screen: Screen,
    rendition: Rendition,
    onChange: (change: EncoderChange) => void,
    open: OpenEncoder,
    hungMs: number,
  ) {
    this.#current = current;
    this.#rest = rest;
    this.#screen = screen;
    this.#rendition = rendition;
    this.#onChange = onChange;
    this.#open = open;
    this.#hungMs = hungMs;
  }

  /** Opens the first of `kinds` that opens; rejects with the last one's `EncoderError` when none does. */
  static async open(
    kinds: readonly EncoderKind[],
    screen: Screen,
    rendition: Rendition,
    onChange: (change: EncoderChange) => void,
    { open = openEncoder, hungMs = HUNG_MS }: { open?: OpenEncoder; hungMs?: number } = {},
  ): Promise<EncoderLadder> {
    const { encoder, rest } = await firstThatOpens(kinds, screen, rendition, open);
    return new EncoderLadder(encoder, rest, screen, rendition, onChange, open, hungMs);
  }

  get kind(): EncoderKind {
    return this.#current.kind;
  }

  get changesBitrate(): boolean {
    return this.#current.changesBitrate;
  }

  requestKeyFrame(): void {
    this.#current.requestKeyFrame();
  }

  setBitrate(kbps: number): void {
    this.#rendition = { ...this.#rendition, bitrateKbps: kbps };
    this.#current.setBitrate(kbps);
  }

  setPicture(picture: Pick<Rendition, 'width' | 'height' | 'framesPerSecond'>): void {
    this.#rendition = { ...this.#rendition, ...picture };
    this.#current.setPicture(picture);
  }

  async encode(ticks: number, changed?: readonly RowRun[]): Promise<EncodedFrame> {
    for (;;) {
      try {
        return await inTime(this.#current.encode(ticks, changed), this.#hungMs, this.kind);
      } catch (error) {
        if (this.#closed) throw error;
        await this.#stepDown(error);
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#current.close();
  }

  /** Throws what broke the current encoder when there is no other. */
  async #stepDown(broken: unknown): Promise<void> {
    const from = this.kind;
    this.#current.close();
    if (this.#rest.length === 0) throw broken;
    const { encoder, rest } = await firstThatOpens(this.#rest, this.#screen, this.#rendition, this.#open);
    this.#rest = rest;
    this.#current = encoder;
    // It was closed while the next was being opened.
    if (this.#closed) encoder.close();
    this.#onChange({ from, to: encoder.kind, why: broken instanceof Error ? broken.message : String(broken) });
  }
}

async function firstThatOpens(
  kinds: readonly EncoderKind[],
  screen: Screen,
  rendition: Rendition,
  open: OpenEncoder,
): Promise<{ encoder: VideoEncoder; rest: EncoderKind[] }> {
  let problem: unknown = new EncoderError('unavailable', 'this edge has no encoder');
  for (const [index, kind] of kinds.entries()) {
    try {
      return { encoder: await open(kind, screen, rendition), rest: kinds.slice(index + 1) };
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

async function inTime<T>(work: Promise<T>, limitMs: number, kind: EncoderKind): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EncoderError('failed', `${kind} gave no frame in ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, hung]);
  } finally {
    clearTimeout(timer);
  }
}
