import { expect, test } from 'vitest';
import { isInstalled } from './dependencies.mjs';

const shared = { 'node_modules/@kilat/shared': { link: true } };
const zod = { 'node_modules/zod': { version: '4.6.7' } };
const foreign = { 'node_modules/other': { version: '1.0.0', optional: true, os: ['win32'], cpu: ['x64'] } };
const ours = { 'node_modules/ours': { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] } };

test('nothing is missing when npm put down what the lock file names', () => {
  expect(isInstalled({ '': {}, shared: {}, ...shared, ...zod }, { ...shared, ...zod })).toBe(true);
});

test('a package of another version, or none, is missing', () => {
  expect(isInstalled(zod, { 'node_modules/zod': { version: '4.6.6' } })).toBe(false);
  expect(isInstalled({ ...shared, ...zod }, zod)).toBe(false);
});

test('an optional package is missing only on its own platform', () => {
  expect(isInstalled({ ...zod, ...foreign }, zod)).toBe(true);
  expect(isInstalled({ ...zod, ...ours }, zod)).toBe(false);
});
