import { z } from 'zod';
import { EncoderKind } from '../video-encoder.ts';

/** What the probe found out about one implementation: times per frame (conversion and encoding), quality of brightness. */
export const EncoderMeasure = z.discriminatedUnion('works', [
  z.object({
    kind: EncoderKind,
    works: z.literal(true),
    medianMs: z.number().nonnegative(),
    p95Ms: z.number().nonnegative(),
    psnrDb: z.number(),
    kbps: z.number().nonnegative(),
  }),
  z.object({ kind: EncoderKind, works: z.literal(false), why: z.string() }),
]);
export type EncoderMeasure = z.infer<typeof EncoderMeasure>;

/** The part of a frame's time that encoding may take; the rest is the title's, the capture's and the network's. */
const SHARE_OF_FRAME = 0.75;
/** Below this a picture is broken, not merely coarse. */
const LEAST_PSNR_DB = 25;

/**
 * The order in which a session tries encoders: what works and is fast enough, most wanted first; then what works but is too
 * slow, fastest first. Empty when nothing works.
 */
export function chooseEncoders(measures: readonly EncoderMeasure[], framesPerSecond: number): EncoderKind[] {
  const working = measures.flatMap((measure) => (measure.works && measure.psnrDb >= LEAST_PSNR_DB ? [measure] : []));
  const isFast = ({ p95Ms }: { p95Ms: number }) => p95Ms <= (1000 / framesPerSecond) * SHARE_OF_FRAME;
  const wanted = (kind: EncoderKind) => EncoderKind.options.indexOf(kind);
  const fast = working.filter(isFast).sort((a, b) => wanted(a.kind) - wanted(b.kind));
  const slow = working.filter((measure) => !isFast(measure)).sort((a, b) => a.p95Ms - b.p95Ms);
  return [...fast, ...slow].map(({ kind }) => kind);
}

/** Why an edge whose probe found nothing cannot stream, and what to do about it. */
export function noEncoder(measures: readonly EncoderMeasure[]): string {
  const reasons = measures.map(
    (measure) => `${measure.kind}: ${measure.works ? 'its picture is broken' : measure.why}`,
  );
  return (
    `No encoder works on this machine, so it cannot stream games. ${reasons.join('; ')}. ` +
    "Install the dependencies again (npm ci), or the system's ffmpeg, or leave KILAT_EDGE_ENCODERS unset."
  );
}
