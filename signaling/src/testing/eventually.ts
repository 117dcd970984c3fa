import { vi } from 'vitest';

/** Waits until an expectation holds; a loaded machine may take its time. */
export const eventually = <Result>(expectation: () => Result | Promise<Result>): Promise<Result> =>
  vi.waitFor(expectation, { timeout: 15_000, interval: 10 });
