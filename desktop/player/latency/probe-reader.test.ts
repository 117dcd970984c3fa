import { PROBE_CODE, type ProbeState, probeCells, readProbeCells } from '@kilat/shared/title/probe-code';
import { expect, test } from 'vitest';
import { evenRect, sampleCells } from './probe-reader.ts';

/** The brightness plane of the code's region, painted at a scale, with grey around the middle of each cell. */
function paint(state: ProbeState, scale: number): { plane: Uint8Array; stride: number } {
  const rect = evenRect(scale);
  const stride = rect.width + 6;
  const plane = new Uint8Array(stride * rect.height).fill(128);
  const cells = probeCells(state);
  for (let row = 0; row < rect.height; row++) {
    for (let column = 0; column < rect.width; column++) {
      const cellX = Math.floor(((rect.x + column) / scale - PROBE_CODE.x) / PROBE_CODE.cell);
      const cellY = Math.floor(((rect.y + row) / scale - PROBE_CODE.y) / PROBE_CODE.cell);
      const white = cells[cellY * PROBE_CODE.columns + cellX];
      // Compression leaves some grey in black and white.
      plane[row * stride + column] = white ? 205 : 45;
    }
  }
  return { plane, stride };
}

test.each([1, 0.75, 0.5, 1.5])('reads the cells of a picture scaled by %d', (scale) => {
  const state = { number: 0xabcd, hash: 0x1234 };
  const { plane, stride } = paint(state, scale);
  expect(readProbeCells(sampleCells(plane, 0, stride, evenRect(scale), scale))).toEqual(state);
});

test('a torn picture is not read', () => {
  const { plane, stride } = paint({ number: 1, hash: 30 }, 1);
  const other = paint({ number: 2, hash: 961 }, 1).plane;
  plane.set(other.subarray(stride * 60), stride * 60);
  expect(readProbeCells(sampleCells(plane, 0, stride, evenRect(1), 1))).toBeUndefined();
});

test('the region lies on even pixels at any scale', () => {
  for (const scale of [1, 0.9375, 0.703125, 1.333]) {
    for (const value of Object.values(evenRect(scale))) expect(value % 2).toBe(0);
  }
});
