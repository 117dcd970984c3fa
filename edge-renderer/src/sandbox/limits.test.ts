import { expect, test } from 'vitest';
import { excessiveNeeds, limitsOf } from './limits.ts';

const allowed = { memoryMb: 1024, cpus: 2, pids: 600, diskMb: 512 };

test('a manifest that says nothing gets the usual, or what the edge has', () => {
  expect(limitsOf(undefined, allowed)).toEqual({ memoryMb: 1024, cpus: 2, pids: 512, diskMb: 256 });
  expect(excessiveNeeds(undefined, allowed)).toEqual([]);
});

test('what it asks for it gets, up to what the edge allows', () => {
  const needs = { memoryMb: 1024, cpus: 0.5, pids: 600, network: [] };
  expect(excessiveNeeds(needs, allowed)).toEqual([]);
  expect(limitsOf(needs, allowed)).toEqual({ memoryMb: 1024, cpus: 0.5, pids: 600, diskMb: 256 });
});

test('each excess is named with its field, the reason and the setting', () => {
  const needs = { memoryMb: 2000, cpus: 8, pids: 601, diskMb: 513, network: [] };
  expect(excessiveNeeds(needs, allowed)).toEqual([
    {
      field: 'sandbox.memoryMb',
      reason: 'asks for 2000 MB of memory; this edge gives a title at most 1024 (KILAT_EDGE_TITLE_MEMORY_MB)',
    },
    {
      field: 'sandbox.cpus',
      reason: 'asks for 8 processors; this edge gives a title at most 2 (KILAT_EDGE_TITLE_CPUS)',
    },
    {
      field: 'sandbox.pids',
      reason: 'asks for 601 processes; this edge gives a title at most 600 (KILAT_EDGE_TITLE_PIDS)',
    },
    {
      field: 'sandbox.diskMb',
      reason: 'asks for 513 MB of files; this edge gives a title at most 512 (KILAT_EDGE_TITLE_DISK_MB)',
    },
  ]);
});
