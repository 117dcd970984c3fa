import type { Rendition } from '@kilat/shared/media/rendition';
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { monotonicMs } from '../../monotonic.ts';
import { nalUnits } from '../../rtp/h264-packets.ts';
import { levelOf } from '../h264-level.ts';
import { BitrateSteps, BUFFER_FRAMES, FINEST_QP, SLICES } from '../rate-control.ts';
import type { Screen } from '../screen.ts';
import { type EncodedFrame, EncoderError, type VideoEncoder } from '../video-encoder.ts';
import { ByteQueue } from './byte-queue.ts';

const NAL_IDR = 5;
const LAST_WORDS_BYTES = 2_000;

/** How the program's encoder is told to be what the port promises. */
const CODEC_ARGUMENTS = {
  'ffmpeg-x264': ({ width, height, framesPerSecond }: Rendition) => [
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
    ...[
      '-x264-params',
      `repeat-headers=1:scenecut=0:qpmin=${FINEST_QP}:slices=${SLICES}:level=${levelOf(width, height, framesPerSecond)}`,
    ],
    ...['-threads', String(SLICES)],
  ],
  'ffmpeg-nvenc': ({ width, height, framesPerSecond }: Rendition) => [
    ...['-c:v', 'h264_nvenc', '-preset', 'p1', '-tune', 'ull', '-profile:v', 'baseline', '-rc', 'cbr'],
    ...['-level', (levelOf(width, height, framesPerSecond) / 10).toFixed(1), '-zerolatency', '1', '-delay', '0'],
  ],
} as const;

/** One run of the program. */
interface Run {
  child: ChildProcess;
  input: Writable;
  /** Annex B, as it comes. */
  stream: ByteQueue;
  /** framecrc's text: one line for each access unit, with its size. */
  sizes: ByteQueue;
  lastWords: () => string;
}

/**
 * H.264 by an ffmpeg program beside this process, for hosts where FFmpeg's library cannot be loaded: raw pictures in, Annex
 * B out. Its limits: a key frame on request, another bitrate and another picture each start the program anew, which takes a
 * tenth to a whole second and costs an IDR; each picture is copied through a pipe.
 */
export class FfmpegProgram implements VideoEncoder {
  readonly kind: keyof typeof CODEC_ARGUMENTS;
  readonly changesBitrate = false;
  readonly #program: string;
  readonly #screen: Screen;
  readonly #steps: BitrateSteps;
  #rendition: Rendition;
  #run: Run | undefined;
  #restartWanted = false;
  #fresh = true;
  #closed = false;

  /** `program`: path of an ffmpeg of 2018 or later. Whether it runs is known with the first frame. */
  constructor(kind: keyof typeof CODEC_ARGUMENTS, program: string, screen: Screen, rendition: Rendition) {
    this.kind = kind;
    this.#program = program;
    this.#screen = screen;
    this.#rendition = rendition;
    this.#steps = new BitrateSteps(rendition.bitrateKbps, monotonicMs());
  }

  /** Process id while the program runs. */
  get pid(): number | undefined {
    return this.#run?.child.pid;
  }

  setBitrate(kbps: number): void {
    this.#rendition = { ...this.#rendition, bitrateKbps: kbps };
    this.#restartWanted ||= this.#steps.isWorth(kbps, monotonicMs());
  }

  setPicture(picture: Pick<Rendition, 'width' | 'height' | 'framesPerSecond'>): void {
    this.#rendition = { ...this.#rendition, ...picture };
    this.#restartWanted = true;
  }

  requestKeyFrame(): void {
    // A fresh program's first frame is an IDR anyway.
    if (!this.#fresh) this.#restartWanted = true;
  }

  async encode(): Promise<EncodedFrame> {
    const run = this.#ready();
    try {
      await write(run.input, this.#screen.pixels);
      const convertedMs = monotonicMs();
      const bytes = await nextSize(run.sizes);
      const data = await run.stream.take(bytes);
      this.#fresh = false;
      const keyFrame = [...nalUnits(data)].some((nal) => ((nal[0] as number) & 31) === NAL_IDR);
      return { data, keyFrame, convertedMs, encodedMs: monotonicMs() };
    } catch (error) {
      const reason = this.#fresh ? 'unavailable' : 'failed';
      throw new EncoderError(reason, `${this.#program} ended. ${run.lastWords()}`.trim(), error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#end();
  }

  #ready(): Run {
    if (this.#closed) throw new EncoderError('failed', `${this.kind} was closed`);
    if (this.#restartWanted) this.#end();
    this.#restartWanted = false;
    if (this.#run !== undefined) return this.#run;
    this.#fresh = true;
    this.#steps.opened(this.#rendition.bitrateKbps, monotonicMs());
    this.#run = start(this.#program, this.#arguments());
    return this.#run;
  }

  #end(): void {
    const run = this.#run;
    this.#run = undefined;
    run?.input.destroy();
    run?.child.kill('SIGKILL');
  }

  #arguments(): string[] {
    const { width, height, framesPerSecond, bitrateKbps } = this.#rendition;
    const resize = width === this.#screen.width && height === this.#screen.height ? '' : `${width}:${height}:`;
    return [
      ...['-hide_banner', '-loglevel', 'error', '-nostats'],
      ...['-f', 'rawvideo', '-pixel_format', 'bgr0', '-video_size', `${this.#screen.width}x${this.#screen.height}`],
      ...[
        '-framerate',
        String(framesPerSecond),
        '-probesize',
        '32',
        '-analyzeduration',
        '0',
        '-i',
        'pipe:0',
        '-map',
        '0:v',
      ],
      ...['-vf', `scale=${resize}out_color_matrix=smpte170m:out_range=tv:flags=area,format=yuv420p`],
      ...['-color_primaries', 'bt709', '-color_trc', 'iec61966-2-1', '-colorspace', 'smpte170m', '-color_range', 'tv'],
      ...CODEC_ARGUMENTS[this.kind](this.#rendition),
      ...['-g', '1000000', '-bf', '0', '-b:v', `${bitrateKbps}k`, '-maxrate', `${bitrateKbps}k`],
      ...['-bufsize', `${Math.ceil((bitrateKbps / framesPerSecond) * BUFFER_FRAMES)}k`],
      // Nothing in Annex B says where an access unit ends; framecrc says how long each was.
      ...['-f', 'tee', '[f=h264:flush_packets=1]pipe:1|[f=framecrc:flush_packets=1]pipe:3'],
    ];
  }
}

function start(program: string, args: string[]): Run {
  // It ends with this process: its standard input ends then.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], env: {} });
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS_BYTES);
  });
  const stream = new ByteQueue(child.stdout as Readable);
  const sizes = new ByteQueue(child.stdio[3] as Readable);
  child.on('error', (error) => {
    lastWords = error.message;
    stream.fail(error);
    sizes.fail(error);
  });
  const input = child.stdin as Writable;
  // A broken pipe is told by the outputs' end.
  input.on('error', () => {});
  return { child, input, stream, sizes, lastWords: () => lastWords.trim() };
}

function write(input: Writable, pixels: Buffer): Promise<void> {
  return new Promise((resolve, reject) => input.write(pixels, (error) => (error ? reject(error) : resolve())));
}

/** framecrc: comments, then `stream, dts, pts, duration, size, checksum…` for each packet. */
async function nextSize(sizes: ByteQueue): Promise<number> {
  for (;;) {
    const line = await sizes.line();
    if (line.startsWith('#')) continue;
    const bytes = Number(line.split(',')[4]);
    if (!Number.isInteger(bytes)) throw new Error(`framecrc wrote "${line}"`);
    return bytes;
  }
}
