import { expect, test } from 'vitest';
import type { EdgeStatus } from '../status/edge-status.ts';
import { statusExample } from './testing/status-example.ts';
import { headline, statusTable } from './status-table.ts';

const withStatus = (changes: Partial<EdgeStatus>) => headline({ ...statusExample, ...changes });
const shut = { ...statusExample.admission, open: false };

test.each<[string, Partial<EdgeStatus>, string]>([
  ['well', {}, 'Taking sessions: 1 of 2 slots in use.'],
  ['without a worker', { worker: { alive: false } }, 'The media worker is down'],
  ['draining', { drainingSinceMs: 0 }, 'no new sessions, 1 still running'],
  ['drained', { drainingSinceMs: 0, sessions: [] }, 'the machine may be taken away'],
  [
    'alone',
    { indexer: { url: 'http://127.0.0.1:8080', connected: false } },
    'Not connected to the Indexer at http://127.0.0.1:8080',
  ],
  ['out of slots', { slots: { count: 1, free: 0 } }, 'Full: 1 of 1 slots in use.'],
  [
    'out of processor',
    { admission: { ...shut, why: 'needs 0.82 cores, 0.50 of 2 are left' } },
    'Full: 1 of 2 slots in use; needs 0.82 cores',
  ],
])('an edge that is %s says so first', (_, changes, words) => {
  expect(withStatus(changes)).toContain(words);
});

test('the table shows sessions, warm slots, sensors and troubles', () => {
  const text = statusTable({ ...statusExample, troubles: [{ atMs: 0, text: 'Freedoom crashed.' }] });
  for (const words of ['Freedoom: Phase 1', '11.4 / 19.8 ms', '0.89', '302 MB', '1 of 1 ready', '47.1 °C', 'crashed'])
    expect(text).toContain(words);
  expect(statusTable({ ...statusExample, sessions: [] })).toContain('No sessions.');
});
