import { Gauge, type Registry } from 'prom-client';
import type { EncoderMeasure } from '../encode/probe/encoder-choice.ts';
import type { EncoderKind } from '../encode/video-encoder.ts';

/** What the start-up probe found, and the order in which sessions try encoders. */
export interface ProbedEncoders {
  measures: EncoderMeasure[];
  ladder: EncoderKind[];
}

/** Metrics of the start-up probe: which encoders work here, how fast and how well, and which is taken first. */
export function encoderMetrics(registry: Registry, { measures, ladder }: ProbedEncoders): void {
  const registers = [registry];
  const perEncoder = (name: string, help: string, read: (measure: EncoderMeasure) => number | undefined) => {
    const gauge = new Gauge({ name, help, registers, labelNames: ['encoder'] });
    for (const measure of measures) {
      const value = read(measure);
      if (value !== undefined) gauge.set({ encoder: measure.kind }, value);
    }
  };
  perEncoder('kilat_edge_encoder_works', '1 where an encoder works on this host', ({ works }) => (works ? 1 : 0));
  perEncoder('kilat_edge_encoder_first', '1 for the encoder that sessions try first', ({ kind }) =>
    kind === ladder[0] ? 1 : 0,
  );
  perEncoder('kilat_edge_encoder_frame_ms', 'Median time of a 720p frame in the start-up probe, ms', (measure) =>
    measure.works ? measure.medianMs : undefined,
  );
  perEncoder('kilat_edge_encoder_frame_p95_ms', 'Time of a 720p frame in the start-up probe, p95, ms', (measure) =>
    measure.works ? measure.p95Ms : undefined,
  );
  perEncoder('kilat_edge_encoder_psnr_db', 'Quality of brightness in the start-up probe at 8 Mb/s, dB', (measure) =>
    measure.works ? measure.psnrDb : undefined,
  );
}
