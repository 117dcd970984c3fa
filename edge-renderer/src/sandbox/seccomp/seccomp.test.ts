import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filterProgram } from './filter-program.ts';
import { TITLE_RULES } from './rules.ts';
import { SYSCALL_NUMBERS } from './syscall-numbers.ts';

const resolver = spawnSync('scmp_sys_resolver', ['-h']).error === undefined;
const bubblewrap = spawnSync('bwrap', ['--version']).error === undefined;
const numbersOf = (name: keyof typeof SYSCALL_NUMBERS) => SYSCALL_NUMBERS[name][process.arch === 'arm64' ? 1 : 0];

test.skipIf(!resolver)('numbers are libseccomp’s (needs Debian package seccomp)', () => {
  const looked = Object.entries(SYSCALL_NUMBERS).map(([name, [x64, arm64]]) => {
    const ask = (architecture: string) =>
      Number(spawnSync('scmp_sys_resolver', ['-a', architecture, name], { encoding: 'utf8' }).stdout);
    return [name, ask('x86_64') === x64, arm64 === null ? ask('aarch64') < 0 : ask('aarch64') === arm64];
  });
  expect(looked.filter(([, x64, arm64]) => !x64 || !arm64)).toEqual([]);
});

test('an unknown processor has no filter', () => {
  expect(filterProgram(TITLE_RULES, 'riscv64')).toBeUndefined();
});

/** Makes system calls through perl under the filter; returns the error number of each, 0 where it went through. */
function underFilter(calls: string[]): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'kilat-seccomp-'));
  try {
    const file = join(folder, 'filter');
    writeFileSync(file, filterProgram(TITLE_RULES, process.arch) as Buffer);
    const script = calls.map((call) => `$! = 0; syscall(${call}); print $! + 0, "\\n";`).join(' ');
    const run = spawnSync(
      'bwrap',
      ['--unshare-pid', '--ro-bind', '/', '/', '--dev', '/dev', '--seccomp', '3', 'perl', '-e', script],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe', openSync(file, 'r')] },
    );
    if (run.status !== 0) throw new Error(run.stderr);
    return run.stdout.trim().split('\n').map(Number);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.skipIf(!bubblewrap)('the kernel refuses what the rules name, and only that (needs bubblewrap)', () => {
  const [socket, clone, personality, ptrace, unshare, ioctl] = (
    ['socket', 'clone', 'personality', 'ptrace', 'unshare', 'ioctl'] as const
  ).map(numbersOf);
  const [EPERM, EAFNOSUPPORT, EBADF] = [1, 97, 9];
  expect(
    underFilter([
      ...[1, 2, 10, 16].map((family) => `${socket}, ${family}, 2, 0`),
      ...[0, 3, 17, 40].map((family) => `${socket}, ${family}, 2, 0`),
      `${clone}, 0x10000011, 0, 0, 0, 0`,
      `${personality}, 0xffffffff`,
      `${personality}, 0x40000`,
      `${ptrace}, 16, 1, 0, 0`,
      `${unshare}, 0x20000`,
      `${ioctl}, 99, 0x5412, 0`,
      `${ioctl}, 99, 0x5413, 0`,
    ]),
  ).toEqual([0, 0, 0, 0, ...Array(4).fill(EAFNOSUPPORT), EPERM, 0, EPERM, EPERM, EPERM, EPERM, EBADF]);
});
