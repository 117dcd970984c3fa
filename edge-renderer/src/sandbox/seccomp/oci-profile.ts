import type { ArgumentTest, SyscallRule } from './rules.ts';

/** The rules as `linux.seccomp` of an OCI runtime's config. */
export function ociSeccomp(rules: readonly SyscallRule[]) {
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: rules.map(({ names, errno, when }) => ({
      names,
      action: 'SCMP_ACT_ERRNO',
      errnoRet: errno,
      ...(when === undefined ? {} : { args: [ociTest(when)] }),
    })),
  };
}

function ociTest({ argument, is, value, mask }: ArgumentTest) {
  const index = argument;
  switch (is) {
    case 'equal':
      return { index, value, op: 'SCMP_CMP_EQ' };
    case 'not-equal':
      return { index, value, op: 'SCMP_CMP_NE' };
    case 'at-least':
      return { index, value, op: 'SCMP_CMP_GE' };
    case 'masked':
      return { index, value: mask ?? 0xffffffff, valueTwo: value, op: 'SCMP_CMP_MASKED_EQ' };
  }
}
