import { expect, test } from 'vitest';
import { nextProbeState, PROBE_START, probeCells, readProbeCells } from './probe-code.ts';

test('each state reads back from its cells', () => {
  let state = PROBE_START;
  for (let press = 0; press < 70_000; press += 1) {
    state = nextProbeState(state, 16 + (press % 40));
    if (press % 97 === 0) expect(readProbeCells(probeCells(state))).toEqual(state);
  }
});

test('any one wrong cell is noticed', () => {
  const cells = probeCells(nextProbeState(PROBE_START, 30));
  for (let wrong = 0; wrong < cells.length; wrong++) {
    expect(readProbeCells(cells.map((white, index) => (index === wrong ? !white : white)))).toBeUndefined();
  }
});

test('the hash depends on the order of the keys', () => {
  const after = (...keys: number[]) => keys.reduce(nextProbeState, PROBE_START);
  expect(after(30, 31).hash).not.toBe(after(31, 30).hash);
});
