import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type CodecSetting, isWorthProbing } from '../session-codecs.ts';
import { codecOf, type VideoCodec } from '../video-codec.ts';
import { EncoderKind } from '../video-encoder.ts';
import { EncoderMeasure } from './encoder-choice.ts';

/** Agent → probe process: measure this one. */
export interface ToProbe {
  kind: EncoderKind;
}
const FromProbe = z.object({ measure: EncoderMeasure });
export type FromProbe = z.infer<typeof FromProbe>;

/** A driver that has not answered after this long hangs, ms. */
const ANSWER_MS = 15_000;

/**
 * Encodes real frames with every encoder of this host, at 720p and 60 fps, each in a process that may crash or hang, and
 * tells how long a frame took and what it looked like. ffmpeg programs are tried only where the library has no H.264, AV1
 * only as far as `codec` may lead to it.
 */
export async function probeEncoders(
  options: { kinds?: readonly EncoderKind[]; codec?: CodecSetting; process?: string; answerMs?: number } = {},
): Promise<EncoderMeasure[]> {
  const probe = new ProbeProcess(options.process ?? join(import.meta.dirname, 'probe-process.ts'));
  const measures: EncoderMeasure[] = [];
  try {
    for (const kind of options.kinds ?? EncoderKind.options) {
      const works = (codec: VideoCodec) => measures.some((measure) => measure.works && codecOf(measure.kind) === codec);
      if (kind.startsWith('ffmpeg-') && works('video/H264')) continue;
      if (!isWorthProbing(kind, options.codec ?? 'auto', works('video/AV1'))) continue;
      measures.push(await probe.measure(kind, options.answerMs ?? ANSWER_MS));
    }
  } finally {
    probe.close();
  }
  return measures;
}

/** The process that measures; replaced when a driver takes it down. */
class ProbeProcess {
  readonly #script: string;
  #child: ChildProcess | undefined;

  constructor(script: string) {
    this.#script = script;
  }

  async measure(kind: EncoderKind, answerMs: number): Promise<EncoderMeasure> {
    this.#child ??= fork(this.#script, [], { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const child = this.#child;
    const over = new AbortController();
    const { signal } = over;
    const broken = (why: string): EncoderMeasure => ({ kind, works: false, why });
    child.send({ kind } satisfies ToProbe, () => {});
    const measure = await Promise.race([
      once(child, 'message', { signal }).then(([message]) => FromProbe.parse(message).measure),
      once(child, 'exit', { signal }).then(([code, killed]) => broken(`its driver crashed (${killed ?? code})`)),
      setTimeout(answerMs, broken('its driver hangs'), { signal }),
    ]).catch((error: unknown) => broken(String(error)));
    over.abort();
    if (!measure.works && (child.exitCode !== null || child.signalCode !== null || measure.why.endsWith('hangs')))
      this.close();
    return measure;
  }

  close(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
