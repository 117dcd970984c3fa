import { AV_CHANNEL_LAYOUT_STEREO, AV_SAMPLE_FMT_S16, FF_ENCODER_LIBOPUS } from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet, Rational } from 'node-av/lib';

export const AUDIO_SAMPLE_RATE = 48_000;
/** 10 ms of one channel. */
export const AUDIO_FRAME_SAMPLES = 480;
/** 10 ms of interleaved stereo 16-bit samples. */
export const AUDIO_FRAME_BYTES = AUDIO_FRAME_SAMPLES * 2 * 2;

/** libopus (RFC 6716), restricted low-delay mode, 10 ms stereo frames. */
export class OpusEncoder {
  readonly #context: CodecContext;
  readonly #frame: Frame;
  readonly #packet: Packet;
  readonly #samples: Buffer;

  constructor(bitrateKbps: number) {
    const codec = Codec.findEncoderByName(FF_ENCODER_LIBOPUS);
    if (codec === null) throw new Error('FFmpeg was built without libopus');
    const context = new CodecContext();
    context.allocContext3(codec);
    context.sampleRate = AUDIO_SAMPLE_RATE;
    context.sampleFormat = AV_SAMPLE_FMT_S16;
    context.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
    context.timeBase = new Rational(1, AUDIO_SAMPLE_RATE);
    context.bitRate = BigInt(bitrateKbps * 1000);
    for (const [name, value] of [
      ['application', 'lowdelay'],
      ['frame_duration', '10'],
      ['vbr', 'on'],
    ] as const) {
      if (context.setOption(name, value) < 0) throw new Error(`libopus refused the option ${name}=${value}`);
    }
    if (context.open2Sync(codec) < 0) throw new Error('libopus could not be opened');
    this.#context = context;
    this.#frame = new Frame();
    this.#frame.alloc();
    this.#frame.format = AV_SAMPLE_FMT_S16;
    this.#frame.sampleRate = AUDIO_SAMPLE_RATE;
    this.#frame.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
    this.#frame.nbSamples = AUDIO_FRAME_SAMPLES;
    this.#frame.getBuffer(0);
    const plane = this.#frame.data?.[0];
    if (plane === undefined) throw new Error('libav gave a frame without memory');
    this.#samples = plane;
    this.#packet = new Packet();
    this.#packet.alloc();
  }

  /** Encodes `AUDIO_FRAME_BYTES` of samples; the result is valid until the next call, undefined while libopus primes. */
  encode(samples: Buffer, timestamp: number): Buffer | undefined {
    samples.copy(this.#samples);
    this.#frame.pts = BigInt(timestamp);
    if (this.#context.sendFrameSync(this.#frame) < 0) throw new Error('libopus refused a frame');
    this.#packet.unref();
    return this.#context.receivePacketSync(this.#packet) < 0 ? undefined : (this.#packet.data ?? undefined);
  }

  close(): void {
    this.#context.freeContext();
    this.#frame.free();
    this.#packet.free();
  }
}
