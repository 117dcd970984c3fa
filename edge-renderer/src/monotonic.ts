/** CLOCK_MONOTONIC in ms: one clock for every process of this machine, and the edge's clock on the wire. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
