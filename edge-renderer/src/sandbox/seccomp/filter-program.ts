import type { ArgumentTest, SyscallRule } from './rules.ts';
import { SYSCALL_NUMBERS } from './syscall-numbers.ts';

/** Processor architectures the filter knows, by Node's names: the kernel's AUDIT_ARCH value and the table's column. */
const ARCHITECTURES = {
  x64: { audit: 0xc000003e, column: 0, x32: true },
  arm64: { audit: 0xc00000b7, column: 1, x32: false },
} as const;

// Classic BPF (linux/bpf_common.h) over struct seccomp_data: nr at 0, arch at 4, arguments from 16, 8 bytes each.
const LOAD = 0x20; // A = 32 bits at offset k
const AND = 0x54; // A &= k
const JUMP_EQUAL = 0x15;
const JUMP_AT_LEAST = 0x35;
const RETURN = 0x06;
const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;
const ARGUMENTS_OFFSET = 16;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const ERRNO = 0x00050000;
const ENOSYS = 38;
/** System call numbers of the x32 ABI begin here; they would pass by rules made for x86-64. */
const X32_BIT = 0x40000000;

/** struct sock_filter: code, jump if true, jump if false (instructions to skip), k. */
type Instruction = [code: number, ifTrue: number, ifFalse: number, k: number];

/**
 * The rules as a compiled seccomp program (array of struct sock_filter), as bubblewrap's `--seccomp` takes it. Programs of
 * another architecture (32-bit ones too) are killed. Undefined on a processor without a table.
 */
export function filterProgram(rules: readonly SyscallRule[], architecture: string): Buffer | undefined {
  if (!(architecture === 'x64' || architecture === 'arm64')) return undefined;
  const { audit, column, x32 } = ARCHITECTURES[architecture];
  const program: Instruction[] = [
    [LOAD, 0, 0, ARCHITECTURE_OFFSET],
    [JUMP_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD, 0, 0, NUMBER_OFFSET],
  ];
  if (x32) program.push([JUMP_AT_LEAST, 0, 1, X32_BIT], [RETURN, 0, 0, ERRNO | ENOSYS]);
  for (const { names, errno, when } of rules) {
    for (const name of names) {
      const number = SYSCALL_NUMBERS[name][column];
      if (number === null) continue;
      const verdict: Instruction = [RETURN, 0, 0, ERRNO | errno];
      const body = when === undefined ? [verdict] : [...argumentTest(when, verdict), reload];
      program.push([JUMP_EQUAL, 0, body.length, number], ...body);
    }
  }
  program.push([RETURN, 0, 0, ALLOW]);
  return assemble(program);
}

/** After an argument test that did not match, the number is compared with the next rule's. */
const reload: Instruction = [LOAD, 0, 0, NUMBER_OFFSET];

function argumentTest({ argument, is, value, mask }: ArgumentTest, verdict: Instruction): Instruction[] {
  const load: Instruction = [LOAD, 0, 0, ARGUMENTS_OFFSET + 8 * argument];
  switch (is) {
    case 'equal':
      return [load, [JUMP_EQUAL, 0, 1, value], verdict];
    case 'not-equal':
      return [load, [JUMP_EQUAL, 1, 0, value], verdict];
    case 'at-least':
      return [load, [JUMP_AT_LEAST, 0, 1, value], verdict];
    case 'masked':
      return [load, [AND, 0, 0, mask ?? 0xffffffff], [JUMP_EQUAL, 0, 1, value], verdict];
  }
}

function assemble(program: Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [place, [code, ifTrue, ifFalse, k]] of program.entries()) {
    bytes.writeUInt16LE(code, place * 8);
    bytes.writeUInt8(ifTrue, place * 8 + 2);
    bytes.writeUInt8(ifFalse, place * 8 + 3);
    bytes.writeUInt32LE(k >>> 0, place * 8 + 4);
  }
  return bytes;
}
