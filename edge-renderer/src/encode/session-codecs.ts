import type { MediaRequest } from '@kilat/shared/media/parameters';
import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';
import { chooseCodec, type CodecMeasure } from './probe/codec-choice.ts';
import { chooseEncoders, type EncoderMeasure } from './probe/encoder-choice.ts';
import { codecOf, type VideoCodec } from './video-codec.ts';
import type { EncoderKind } from './video-encoder.ts';

/** `auto`: the rule of `chooseCodec`; `av1`: AV1 for every page that decodes it. */
export type CodecSetting = 'auto' | 'h264' | 'av1';

/**
 * Which codec each page gets, and which encoders make it. H.264 is always there: pages without AV1 get it, and a session
 * goes over to it when such a page takes it over.
 */
export class SessionCodecs {
  readonly #setting: CodecSetting;
  readonly #ladders: Record<VideoCodec, EncoderKind[]>;
  /** Of the encoders that work. */
  readonly #measures = new Map<EncoderKind, CodecMeasure>();

  /** `measures`: of the start-up probe; `framesPerSecond`: what an encoder must keep up with to go before others. */
  constructor(setting: CodecSetting, measures: readonly EncoderMeasure[], framesPerSecond: number) {
    const ladderOf = (codec: VideoCodec) =>
      chooseEncoders(
        measures.filter(({ kind }) => codecOf(kind) === codec),
        framesPerSecond,
      );
    this.#setting = setting;
    this.#ladders = {
      'video/H264': ladderOf('video/H264'),
      'video/AV1': setting === 'h264' ? [] : ladderOf('video/AV1'),
    };
    for (const measure of measures)
      if (measure.works) this.#measures.set(measure.kind, { ...measure, codec: codecOf(measure.kind) });
  }

  /**
   * Encoders of a codec, in the order in which a session of that rate tries them; empty where none works. With `auto` each of
   * AV1's is better than H.264 by itself: where only others are left, the session goes on in H.264.
   */
  ladder(codec: VideoCodec, framesPerSecond: number): EncoderKind[] {
    const ladder = this.#ladders[codec];
    if (codec === 'video/H264' || this.#setting !== 'auto') return ladder;
    return ladder.filter(
      (kind) => chooseCodec(ROUTER_RTP_CAPABILITIES, this.#besidesH264(kind), framesPerSecond) === codec,
    );
  }

  /** Cheap where the answer can only be H.264. */
  choose({ rtpCapabilities, efficientCodecs = [] }: MediaRequest, framesPerSecond: number): VideoCodec {
    if (this.#ladders['video/AV1'].length === 0 || !rtpCapabilities.codecs.some(isAv1)) return 'video/H264';
    if (this.#setting === 'av1') return 'video/AV1';
    // A page that would decode it with strain, on its processor, loses more than the better picture gives.
    if (!efficientCodecs.includes('video/AV1')) return 'video/H264';
    const [best] = this.ladder('video/AV1', framesPerSecond);
    return (best && chooseCodec(rtpCapabilities, this.#besidesH264(best), framesPerSecond)) ?? 'video/H264';
  }

  /** What the best H.264 encoder measured, and this one. */
  #besidesH264(kind: EncoderKind): CodecMeasure[] {
    return [this.#ladders['video/H264'][0], kind].flatMap((each) => (each && this.#measures.get(each)) ?? []);
  }
}

const isAv1 = ({ mimeType, clockRate }: { mimeType: string; clockRate: number }): boolean =>
  mimeType.toLowerCase() === 'video/av1' && clockRate === 90_000;

/**
 * The encoders to probe. AV1 on the processor takes the cores that the title needs, and is measured only where it is asked
 * for, or where a GPU's AV1 encoder works whose next rung it may be (`hasWorkingAv1`).
 */
export function isWorthProbing(kind: EncoderKind, setting: CodecSetting, hasWorkingAv1: boolean): boolean {
  if (codecOf(kind) === 'video/H264') return true;
  if (setting === 'h264') return false;
  return kind !== 'svt-av1' || setting === 'av1' || hasWorkingAv1;
}
