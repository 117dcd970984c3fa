import { expect, it } from 'vitest';
import { asClock, asPlayed, asRate, inMs, inPercent, inSeconds, secondsUntil } from './figures.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

it('gives every figure its unit and a steady number of decimals', () => {
  expect(plain(inMs(15.44))).toBe('15.4 ms');
  expect(plain(inMs(99.96))).toBe('100 ms');
  expect(plain(inMs(undefined))).toBe('–');
  expect(plain(inMs(Number.NaN))).toBe('–');
  expect(plain(inSeconds(430))).toBe('0.4 s');
  expect(plain(asRate(980))).toBe('980 kb/s');
  expect(plain(asRate(6240))).toBe('6.2 Mb/s');
  expect(plain(inPercent(0))).toBe('0 %');
  expect(plain(inPercent(0.42))).toBe('0.4 %');
  expect(plain(inPercent(12.3))).toBe('12 %');
});

it('words stretches of play', () => {
  expect(plain(asPlayed(45_200))).toBe('45 s');
  expect(plain(asPlayed(750_000))).toBe('12 min 30 s');
  expect(plain(asPlayed(600_000))).toBe('10 min');
  expect(plain(asPlayed(3_840_000))).toBe('1 h 4 min');
  expect(plain(asPlayed(7_200_000))).toBe('2 h');
  expect(asClock(750_000)).toBe('12:30');
  expect(asClock(7_000)).toBe('0:07');
});

it('counts whole seconds down to zero', () => {
  expect(secondsUntil(54_100, 0)).toBe(55);
  expect(secondsUntil(1_000, 5_000)).toBe(0);
});
