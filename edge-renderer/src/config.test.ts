import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('defaults suit one machine', () => {
  const config = readConfig({});
  expect(config).toMatchObject({ indexerUrl: 'http://127.0.0.1:8080', address: '127.0.0.1', holdMs: 60_000 });
});

test('an empty variable is one that is left out, and levels are the Indexer’s too', () => {
  expect(readConfig({ KILAT_EDGE_SLOTS: '', KILAT_LOG_LEVEL: 'trace' })).toMatchObject({
    slots: readConfig({}).slots,
    logLevel: 'trace',
  });
});

test('each bad variable is named', () => {
  expect(() => readConfig({ KILAT_EDGE_PORT: '99999', KILAT_EDGE_SLOTS: 'many' })).toThrow(
    /KILAT_EDGE_PORT.*KILAT_EDGE_SLOTS/s,
  );
});
