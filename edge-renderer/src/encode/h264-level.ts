/** The lowest H.264 level (table A-1) whose macroblock rate and frame size fit, as x264 writes it ("32" is 3.2). */
export function levelOf(width: number, height: number, fps: number): number {
  const macroblocks = Math.ceil(width / 16) * Math.ceil(height / 16);
  const levels = [
    [30, 40_500, 1_620],
    [31, 108_000, 3_600],
    [32, 216_000, 5_120],
    [40, 245_760, 8_192],
    [42, 522_240, 8_704],
    [50, 589_824, 22_080],
    [51, 983_040, 36_864],
  ] as const;
  return levels.find(([, rate, size]) => macroblocks <= size && macroblocks * fps <= rate)?.[0] ?? 52;
}
