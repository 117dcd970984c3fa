/** What Kilat is to reach on two cores without a GPU, the browser beside the server, 1280×720 at 60 frames a second. */
export interface Goal {
  p50?: number;
  p95?: number;
  /** Of a figure that is one number, not a distribution. */
  value?: number;
}

export const GOALS = {
  stillPhotonMs: { p50: 16, p95: 21 },
  movingPhotonMs: { p50: 28, p95: 42 },
  stillCores: { value: 0.06 },
  movingCores: { value: 0.5 },
  heardMs: { p50: 110 },
  warmLaunchMs: { p95: 700 },
  coldLaunchMs: { p95: 3_000 },
  warmEdgeFrameMs: { p95: 300 },
  jitterBufferMs: { value: 1.5 },
  lostPerThousand: { value: 0 },
} as const satisfies Record<string, Goal>;
