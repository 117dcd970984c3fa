import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { Slots } from './slots.ts';

const probeId = TitleId.parse('latency-probe');
const sandbox = await chooseSandbox('auto', machineAllowance(), false);
let scratch: string;
let titles: Map<string, LoadedTitle>;
let slots: Slots;
let changed = Promise.withResolvers<void>();

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'kilat-slots-'));
  titles = new Map((await loadTitles([bundledTitles])).titles.map((title) => [title.id, title]));
});
afterEach(async () => {
  await slots.close();
  expect(await readdir(scratch)).toEqual([]);
  await rm(scratch, { recursive: true });
});

const title = (id: string): LoadedTitle => titles.get(id) as LoadedTitle;

function open(count: number, warm: string[]): Slots {
  slots = new Slots(
    { count, warm: warm.map((id) => TitleId.parse(id)), scratch, bitrateKbps: 4_000, sandbox },
    (id) => titles.get(id),
    pino({ level: 'silent' }),
    () => {
      changed.resolve();
      changed = Promise.withResolvers();
    },
  );
  return slots;
}

async function untilWarm(id: string): Promise<void> {
  while (!slots.warmTitles.includes(TitleId.parse(id))) await changed.promise;
}

test('a warm slot is filled, taken and filled again', async () => {
  open(2, ['latency-probe']).refill();
  await untilWarm('latency-probe');
  const taken = await slots.take(title('latency-probe'));
  expect(taken?.warmth).toBe(title('latency-probe').warm.keep);
  expect(slots.free).toBe(1);
  slots.refill();
  await untilWarm('latency-probe');
  await taken?.container.close();
  slots.release();
  expect(slots.free).toBe(2);
});

test('a warm slot gives way to another title, and a full edge says so', async () => {
  open(1, ['latency-probe']).refill();
  await untilWarm('latency-probe');
  const taken = await slots.take(title('latency-probe-moving'));
  expect(taken?.warmth).toBe('cold');
  expect(slots.warmTitles).toEqual([]);
  expect(await slots.take(title('latency-probe'))).toBeUndefined();
  await taken?.container.close();
  slots.release();
});

test('a slot taken while it warms up is usable and does not block later refills', async () => {
  open(2, ['latency-probe']).refill();
  const taken = await slots.take({ ...title('latency-probe'), id: probeId });
  expect(taken).toBeDefined();
  slots.refill();
  await untilWarm('latency-probe');
  await taken?.container.close();
  slots.release();
});

test('a title whose program fails leaves no warm slot', async () => {
  titles.set('broken', {
    ...title('latency-probe'),
    id: TitleId.parse('broken'),
    command: '/bin/false',
    args: [],
    warm: { keep: 'title', pauseKeys: [] },
  });
  open(1, ['broken']).refill();
  await changed.promise;
  expect(slots.warmTitles).toEqual([]);
  expect(slots.free).toBe(1);
});
