import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { OwnedProcess } from './owned-process.ts';

test('a program that was stopped half-way is ended all the same', async () => {
  const sleeper = new OwnedProcess('sleep', ['60']);
  sleeper.signal('SIGSTOP');
  await sleeper.close();
  expect(sleeper.ended).toBe(true);
});

test('a program that cannot be started says why', async () => {
  const missing = new OwnedProcess('no-such-program-here', []);
  await expect.poll(() => missing.output).toContain('ENOENT');
  expect(missing.ended).toBe(true);
  expect(() => missing.pid).toThrow(/could not start no-such-program-here/);
});

test('a bench that gives up leaves no program behind', async () => {
  const module = JSON.stringify(new URL('./owned-process.ts', import.meta.url).href);
  const script = `import(${module}).then(({ OwnedProcess }) => { console.log(new OwnedProcess('sleep', ['60']).pid); process.exit(130); });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]).catch(
    (error) => error as { stdout: string },
  );
  const pid = Number(stdout);
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => lives(pid)).toBe(false);
});

/** A machine without an init leaves what ended as a zombie. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
