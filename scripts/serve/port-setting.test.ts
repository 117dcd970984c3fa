import { expect, test } from 'vitest';
import { portSetting } from './port-setting.mjs';
import { indexerAddress } from './programs.mjs';

test('an empty port is the usual one', () => {
  expect(portSetting({ KILAT_PORT: '' }, 'KILAT_PORT', 8080)).toBe(8080);
  expect(portSetting({ KILAT_PORT: '9000' }, 'KILAT_PORT', 8080)).toBe(9000);
  expect(portSetting({}, 'KILAT_PORT', 8080)).toBe(8080);
});

test('what is no port is refused with its name and what to do', () => {
  for (const text of ['abc', '99999', '-1', '80.5', ' ']) {
    expect(() => portSetting({ KILAT_EDGE_PORT: text }, 'KILAT_EDGE_PORT', 44_380)).toThrow(
      `KILAT_EDGE_PORT=${text} is no port. Set it to a whole number up to 65535, or leave it out for 44380.`,
    );
  }
  expect(() => indexerAddress({ KILAT_PORT: 'abc' })).toThrow('KILAT_PORT=abc is no port');
});
