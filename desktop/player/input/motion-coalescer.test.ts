import { describe, expect, test } from 'vitest';
import { MOTION_INTERVAL_MS, MotionCoalescer } from './motion-coalescer.ts';

describe('MotionCoalescer', () => {
  test('lets the first motion pass and gathers what follows too soon', () => {
    const motion = new MotionCoalescer();
    motion.move(3, -1, 100);
    expect(motion.waitMs(100)).toBe(0);
    expect(motion.take(100)).toEqual({ event: { type: 'motion', dx: 3, dy: -1 }, atMs: 100 });
    motion.move(1, 1, 100.5);
    motion.move(2, 2, 101);
    expect(motion.waitMs(101)).toBe(MOTION_INTERVAL_MS - 1);
    expect(motion.take(102)).toEqual({ event: { type: 'motion', dx: 3, dy: 3 }, atMs: 100.5 });
    expect(motion.waitMs(102)).toBeUndefined();
  });

  test('carries fractions of a pixel over until they make one', () => {
    const motion = new MotionCoalescer();
    motion.move(0.6, -0.6, 0);
    expect(motion.take(0)).toBeUndefined();
    motion.move(0.6, -0.6, 5);
    expect(motion.take(5)?.event).toEqual({ type: 'motion', dx: 1, dy: -1 });
    motion.move(0.8, -0.8, 10);
    expect(motion.take(10)?.event).toEqual({ type: 'motion', dx: 1, dy: -1 });
  });

  test('keeps only the latest absolute place, with the time of the first', () => {
    const motion = new MotionCoalescer();
    motion.place(1, 2, 10);
    motion.place(3, 4, 11);
    expect(motion.take(12)).toEqual({ event: { type: 'pointer', x: 3, y: 4 }, atMs: 10 });
    expect(motion.take(13)).toBeUndefined();
  });

  test('sends a step larger than the wire carries in parts', () => {
    const motion = new MotionCoalescer();
    motion.move(40_000, 0, 0);
    expect(motion.take(0)?.event).toEqual({ type: 'motion', dx: 32_767, dy: 0 });
    motion.move(0, 0, 1);
    expect(motion.take(1)?.event).toEqual({ type: 'motion', dx: 40_000 - 32_767, dy: 0 });
  });

  test('forgets everything when cleared', () => {
    const motion = new MotionCoalescer();
    motion.move(5, 5, 0);
    motion.clear();
    expect(motion.take(0)).toBeUndefined();
    motion.move(1, 0, 1);
    expect(motion.take(1)?.event).toEqual({ type: 'motion', dx: 1, dy: 0 });
  });
});
