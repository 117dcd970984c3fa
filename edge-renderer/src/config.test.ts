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

test('hosts titles may ask for are a list; none by default', () => {
  expect(readConfig({}).titleNetwork).toEqual([]);
  expect(readConfig({ KILAT_EDGE_TITLE_NETWORK: '*.example.net:443, 192.0.2.7:*/udp' }).titleNetwork).toEqual([
    { protocol: 'tcp', host: '*.example.net', port: 443 },
    { protocol: 'udp', host: '192.0.2.7', port: 'any' },
  ]);
  expect(() => readConfig({ KILAT_EDGE_TITLE_NETWORK: 'example.net' })).toThrow(
    /KILAT_EDGE_TITLE_NETWORK.*"example\.net" is no host and port/,
  );
});

test('warm slots are counted by title', () => {
  expect(readConfig({ KILAT_EDGE_WARM: 'freedoom:2,mrboom' }).warm).toEqual([
    { titleId: 'freedoom', count: 2 },
    { titleId: 'mrboom', count: 1 },
  ]);
  expect(() => readConfig({ KILAT_EDGE_WARM: 'freedoom:many' })).toThrow(/KILAT_EDGE_WARM.*"freedoom:many"/);
});
