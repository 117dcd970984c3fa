import { expect, test } from 'vitest';
import { PageBudget } from './page-budget.ts';

const count = (times: number, ask: (nth: number) => boolean) =>
  Array.from({ length: times }, (_, nth) => ask(nth)).filter((admitted) => admitted).length;

test('a page that plays hard, and reports as often as pages do, is never held back', () => {
  const budget = new PageBudget(0);
  expect(count(60_000, (nth) => budget.packet(nth * 2))).toBe(60_000);
  expect(count(4_000, (nth) => budget.report(nth * 25))).toBe(4_000);
  expect(budget.dropped).toBe(0);
});

test('a flood of one kind is bounded, and takes nothing from the others', () => {
  const budget = new PageBudget(0);
  expect(count(100_000, (nth) => budget.report(nth / 100))).toBeLessThan(200);
  expect(count(100_000, (nth) => budget.control(nth / 100))).toBeLessThan(80);
  expect(budget.packet(1_000)).toBe(true);
  expect(budget.dropped).toBeGreaterThan(199_000);
});
