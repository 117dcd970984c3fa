import { expect, test } from 'vitest';
import { z } from 'zod';
import { BadSettings, LogLevel, Port, readSettings } from './settings.ts';

const Settings = z.object({
  KILAT_PORT: Port.default(8080),
  KILAT_SLOTS: z.coerce.number().int().min(1, 'is too few').optional(),
  KILAT_LOG_LEVEL: LogLevel.default('info'),
});

test('an empty variable is one that is left out, never zero', () => {
  expect(readSettings(Settings, { KILAT_SLOTS: '', KILAT_PORT: '', KILAT_LOG_LEVEL: 'trace', HOME: '/root' })).toEqual({
    KILAT_PORT: 8080,
    KILAT_LOG_LEVEL: 'trace',
  });
});

test('each bad one is named with its value and its fault', () => {
  const read = () => readSettings(Settings, { KILAT_PORT: '99999', KILAT_SLOTS: '0', KILAT_LOG_LEVEL: 'loud' });
  expect(read).toThrow(BadSettings);
  expect(read).toThrow(
    'These settings cannot be used: KILAT_PORT (99999): is no port: they end at 65535; KILAT_SLOTS (0): is too few; ' +
      'KILAT_LOG_LEVEL (loud): is none of trace, debug, info, warn, error, fatal, silent.',
  );
});
