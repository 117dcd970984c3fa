import { expect, test } from 'vitest';
import { admit, type MachineLoad } from './admit.ts';

const idle: MachineLoad = {
  cores: 2,
  otherCores: 0.1,
  sessions: [],
  memoryAvailableMb: 8_000,
  memoryPromisedMb: 0,
  gpuPercent: undefined,
  suffering: undefined,
};
const game = { cores: 0.6, memoryMb: 300 };
const limits = { headroomCores: 0.2, headroomMemoryMb: 500, mostGpuPercent: 85 };
const resource = (load: Partial<MachineLoad>, cost = game) => {
  const admission = admit({ ...idle, ...load }, cost, limits);
  return admission.ok ? 'ok' : admission.resource;
};

test('sessions fit until the next would eat into the headroom', () => {
  expect(resource({ sessions: [game] })).toBe('ok');
  expect(resource({ sessions: [game, game] })).toBe('processor');
});

test('other programs count as much as sessions do', () => {
  expect(resource({ sessions: [game], otherCores: 0.9 })).toBe('processor');
});

test('an idle edge takes a title however busy the machine is, as long as there is memory', () => {
  expect(resource({ otherCores: 2, suffering: 'late' }, { cores: 3, memoryMb: 300 })).toBe('ok');
  expect(resource({ memoryAvailableMb: 700 })).toBe('memory');
});

test('memory that running sessions will still take is not there', () => {
  expect(resource({ sessions: [game], memoryAvailableMb: 1_000 })).toBe('ok');
  expect(resource({ sessions: [game], memoryAvailableMb: 1_000, memoryPromisedMb: 250 })).toBe('memory');
});

test('while a running session suffers nobody else is let in', () => {
  expect(resource({ cores: 64, sessions: [game], suffering: 'one in four frames comes late' })).toBe(
    'running-sessions',
  );
});

test('a busy GPU is a reason, an unreadable one is not', () => {
  expect(resource({ cores: 64, sessions: [game], gpuPercent: 90 })).toBe('graphics');
  expect(resource({ cores: 64, sessions: [game], gpuPercent: 80 })).toBe('ok');
});

test('the detail names what is needed and what is left', () => {
  expect(admit({ ...idle, sessions: [game, game] }, game, limits)).toMatchObject({
    detail: 'needs 0.60 cores, 0.50 of 2 are left',
  });
});
