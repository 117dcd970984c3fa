import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { coresBetween, familyOf, parseStat, processTimes, totalCores } from './processor-time.ts';

const stat = (pid: number, name: string, parent: number, user: number, system: number) =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 100 0 0 0 ${user} ${system} 7 8 20 0 1 0 100 1000 10`;

test('reads the times of a program whatever its name holds', () => {
  expect(parseStat(stat(12, 'node) S 1 (x', 3, 250, 50))).toEqual({ pid: 12, parent: 3, seconds: 3 });
});

test('a process that is gone half-way through the read is no reading', () => {
  expect(parseStat('')).toBeUndefined();
});

test('a family is a process and all below it', () => {
  const of = (pid: number, parent: number) => ({ pid, parent, seconds: 0 });
  const family = familyOf(2, [of(5, 4), of(4, 2), of(2, 1), of(3, 1), of(6, 3)]);
  expect(family.map(({ pid }) => pid).sort()).toEqual([2, 4, 5]);
});

test('cores are differences by part; a process that came later counts from its start, one that ended does not', () => {
  const before = new Map([
    [1, { part: 'agent', seconds: 10 }],
    [2, { part: 'session', seconds: 4 }],
  ]);
  const after = new Map([
    [1, { part: 'agent', seconds: 11 }],
    [3, { part: 'session', seconds: 3 }],
  ]);
  const cores = coresBetween(before, after, 2);
  expect(cores).toEqual({ agent: 0.5, session: 1.5 });
  expect(totalCores(cores)).toBe(2);
});

test('a program that works counts as about one core, its parent that waits does not', async () => {
  const child = spawn('sh', ['-c', 'node -e "const end = Date.now() + 1500; while (Date.now() < end);" & wait'], {
    stdio: 'ignore',
  });
  try {
    const times = () => processTimes(child.pid as number, ([program]) => (program?.endsWith('node') ? 'busy' : 'idle'));
    await expect
      .poll(() => [...times().values()].find(({ part }) => part === 'busy')?.seconds ?? 0, { timeout: 5_000 })
      .toBeGreaterThan(0.1);
    const [before, atMs] = [times(), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 600));
    const cores = coresBetween(before, times(), (performance.now() - atMs) / 1000);
    expect(cores.busy).toBeGreaterThan(0.2);
    expect(cores.busy).toBeLessThan(1.1);
    expect(cores.idle).toBeLessThan(0.05);
  } finally {
    child.kill();
  }
});
