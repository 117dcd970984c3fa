import { expect, it } from 'vitest';
import { NOTHING_HELD, padStep, type PadReading } from './gamepad-steps.ts';

const pad = (pressed: number[], axes: number[] = [0, 0]): PadReading => ({
  axes,
  buttons: Array.from({ length: 17 }, (_, index) => ({ pressed: pressed.includes(index) })),
});

it('steps once on a press, and again only while a direction stays held', () => {
  const first = padStep(pad([15]), NOTHING_HELD, 0);
  expect(first.step).toEqual({ do: 'move', direction: 'right' });
  const soon = padStep(pad([15]), first.memory, 100);
  expect(soon.step).toBeUndefined();
  const later = padStep(pad([15]), soon.memory, 400);
  expect(later.step).toEqual({ do: 'move', direction: 'right' });
  expect(padStep(pad([15]), later.memory, 450).step).toBeUndefined();
  expect(padStep(pad([15]), later.memory, 530).step).toEqual({ do: 'move', direction: 'right' });
});

it('never repeats a press', () => {
  const first = padStep(pad([0]), NOTHING_HELD, 0);
  expect(first.step).toEqual({ do: 'press' });
  expect(padStep(pad([0]), first.memory, 5_000).step).toBeUndefined();
  const released = padStep(pad([]), first.memory, 5_010);
  expect(padStep(pad([0]), released.memory, 5_020).step).toEqual({ do: 'press' });
});

it('reads the stick beyond its dead zone', () => {
  expect(padStep(pad([], [0.4, -0.3]), NOTHING_HELD, 0).step).toBeUndefined();
  expect(padStep(pad([], [0, -0.9]), NOTHING_HELD, 0).step).toEqual({ do: 'move', direction: 'up' });
  expect(padStep(pad([1]), NOTHING_HELD, 0).step).toEqual({ do: 'back' });
});
