import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { CONTAINER_MARK } from '../container/leftovers.ts';
import { ContainerUsageReader } from './container-usage.ts';
import { MachineUsageReader } from './machine-usage.ts';

const FOLDER = `/tmp/kilat-usage-test-${process.pid}`;

/** Starts a marked process that uses the processor for a while and waits; `burnt` is what it says it used, seconds. */
async function burner() {
  const script = `const until = Date.now() + 300; while (Date.now() < until);
    const { user, system } = process.cpuUsage(); console.log((user + system) / 1e6); setInterval(() => {}, 1e6)`;
  const child = spawn(process.execPath, ['-e', script], {
    env: { [CONTAINER_MARK]: FOLDER },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const burnt = once(child.stdout, 'data').then(([text]) => Number(String(text)));
  return { child, burnt };
}

test('processor time and memory of marked processes are told by container and part', async () => {
  const reader = new ContainerUsageReader();
  reader.read(0, new Set(), true);
  const { child, burnt } = await burner();
  try {
    const seconds = await burnt;
    const usage = reader.read(1_000, new Set([child.pid as number]), true).get(FOLDER);
    // Over what the reader is told was one second.
    expect(usage?.cores.session).toBeGreaterThan(seconds - 0.05);
    expect(usage?.cores.session).toBeLessThan(seconds + 0.15);
    expect(usage?.totalCores).toBe(usage?.cores.session);
    expect(usage?.memoryMb).toBeGreaterThan(10);
    expect(reader.read(2_000, new Set(), false).get(FOLDER)?.totalCores).toBeLessThan(0.1);
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  expect(reader.read(3_000, new Set(), false).has(FOLDER)).toBe(false);
});

test('the machine is at least as busy as its busiest process', async () => {
  const cores = availableParallelism();
  const machine = new MachineUsageReader();
  expect(machine.read(cores)).toBeUndefined();
  const until = performance.now() + 300;
  while (performance.now() < until);
  const usage = machine.read(cores);
  expect(usage?.busyCores).toBeGreaterThan(0.5);
  expect(usage?.busyCores).toBeLessThanOrEqual(cores);
  expect(usage?.memoryAvailableMb).toBeGreaterThan(0);
});
