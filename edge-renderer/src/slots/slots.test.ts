import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mayRaisePriority, WARMING_NICENESS } from '../process/priority.ts';
import { markedProcesses } from '../container/leftovers.ts';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { Slots } from './slots.ts';
import { WarmWishes } from './warm-wishes.ts';

const probeId = TitleId.parse('latency-probe');
const sandbox = await chooseSandbox('auto', machineAllowance(), false);
let scratch: string;
let titles: Map<string, LoadedTitle>;
let slots: Slots;
let troubles: string[] = [];
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

function open(count: number, warm: string, mayWarm = () => true): Slots {
  slots = new Slots(
    {
      count,
      warm: WarmWishes.parse(warm),
      scratch,
      bitrateKbps: 4_000,
      sandbox,
      mayWarm,
      onTrouble: (text) => troubles.push(text),
    },
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

test('a launch does not get a warm slot that is dying', async () => {
  open(2, 'latency-probe').refill();
  await untilWarm('latency-probe');
  const dying = slots.waiting[0]?.container;
  process.kill(dying?.pid ?? 0, 'SIGKILL');
  while (!dying?.failing) await new Promise(setImmediate);
  const taken = await slots.take(title('latency-probe'));
  expect(taken?.warmth).toBe('cold');
  expect(taken?.container).not.toBe(dying);
  await taken?.container.close();
  slots.release();
});

test('a warm slot is filled, taken and filled again', async () => {
  open(2, 'latency-probe').refill();
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
  open(1, 'latency-probe').refill();
  await untilWarm('latency-probe');
  const taken = await slots.take(title('latency-probe-moving'));
  expect(taken?.warmth).toBe('cold');
  expect(slots.warmTitles).toEqual([]);
  expect(await slots.take(title('latency-probe'))).toBeUndefined();
  await taken?.container.close();
  slots.release();
});

test('a slot taken while it warms up is usable and does not block later refills', async () => {
  open(2, 'latency-probe').refill();
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
  troubles = [];
  open(1, 'broken').refill();
  await changed.promise;
  expect(troubles.join()).toContain('warm slot for Latency probe was lost');
  expect(slots.warmTitles).toEqual([]);
  expect(slots.free).toBe(1);
});

test('two slots wait for a title that is wanted twice', async () => {
  open(3, 'latency-probe:2').refill();
  while (slots.warmTitles.length < 2) await changed.promise;
  expect(slots.free).toBe(3);
  const [first, second] = [await slots.take(title('latency-probe')), await slots.take(title('latency-probe'))];
  expect([first?.warmth, second?.warmth]).toEqual(['title', 'title']);
  for (const taken of [first, second]) {
    await taken?.container.close();
    slots.release();
  }
});

test('nothing is warmed while it may not be, and what waits can be let go', async () => {
  let may = false;
  open(2, 'latency-probe', () => may).refill();
  expect(slots.waiting).toEqual([]);
  may = true;
  slots.refill();
  await untilWarm('latency-probe');
  may = false;
  slots.coolDown();
  expect(slots.warmTitles).toEqual([]);
});

/** How nice the threads of a container are, each value once. */
async function nicenesses(folder: string): Promise<number[]> {
  const threads = (await markedProcesses(folder)).flatMap((pid) => readdirSync(`/proc/${pid}/task`).map(Number));
  return [...new Set(threads.map((thread) => getPriority(thread)))].sort((a, b) => a - b);
}

test.skipIf(!mayRaisePriority())('a slot warms up below everything else, and waits at its usual priority', async () => {
  open(1, 'latency-probe').refill();
  while (slots.waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const { container } = slots.waiting[0] as (typeof slots.waiting)[0];
  const seen = new Set<number>();
  while (slots.warmTitles.length === 0) {
    seen.add(getPriority(container.pid));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(seen).toContain(WARMING_NICENESS);
  // The game runs a little below the capture and encode path.
  expect(await nicenesses(container.folder)).toEqual([0, 5]);
});
