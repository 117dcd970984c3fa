import type { LatencyStage } from '@kilat/shared/latency/stages';

/** The token that colours a stage. */
export const stageToken = (stage: LatencyStage): string => `--stage-${stage}`;

/** The same, for style attributes. */
export const stageColour = (stage: LatencyStage): string => `var(${stageToken(stage)})`;
