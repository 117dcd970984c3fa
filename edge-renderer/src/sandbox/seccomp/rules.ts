import type { SyscallName } from './syscall-numbers.ts';

/** One comparison of a system call's argument (0 … 5), as an unsigned 32-bit number. `masked`: argument & mask = value. */
export interface ArgumentTest {
  argument: number;
  is: 'equal' | 'not-equal' | 'at-least' | 'masked';
  value: number;
  mask?: number;
}

/** System calls that fail with `errno`, always or when the argument passes the test. */
export interface SyscallRule {
  names: SyscallName[];
  errno: number;
  when?: ArgumentTest;
}

const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;
const CLONE_NEWUSER = 0x10000000;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
/** personality(0xffffffff) only asks. */
const PERSONALITY_QUERY = 0xffffffff;
/** Families a game needs: AF_UNIX 1 (X, sound), AF_INET 2, AF_INET6 10, AF_NETLINK 16 (looks at interfaces). */
const OTHER_FAMILIES = [0, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15];
const FIRST_FAMILY_AFTER = 17;

/**
 * What no title may ask of the kernel. Everything else stays allowed, as in Flatpak, whose list games have lived with for
 * years: an allow-list would break the next game instead of the next exploit.
 */
export const TITLE_RULES: readonly SyscallRule[] = [
  {
    errno: EPERM,
    names: [
      // The kernel itself, its clock, its keys.
      ...(['init_module', 'finit_module', 'delete_module', 'kexec_load', 'kexec_file_load', 'reboot'] as const),
      ...(['bpf', 'perf_event_open', 'userfaultfd', 'syslog', 'lookup_dcookie', 'iopl', 'ioperm'] as const),
      ...(['add_key', 'keyctl', 'request_key', 'settimeofday', 'clock_settime', 'acct', 'modify_ldt'] as const),
      ...(['swapon', 'swapoff', 'quotactl', 'quotactl_fd', 'sethostname', 'setdomainname', 'vhangup'] as const),
      // Ways out of the sandbox, or into a new one with privileges.
      ...(['chroot', 'pivot_root', 'mount', 'umount2', 'unshare', 'setns'] as const),
      ...(['open_tree', 'move_mount', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'mount_setattr'] as const),
      ...(['name_to_handle_at', 'open_by_handle_at'] as const),
      // Other processes' memory and files.
      ...(['ptrace', 'process_vm_readv', 'process_vm_writev', 'pidfd_getfd', 'kcmp'] as const),
      // Other processes' memory placement.
      ...(['mbind', 'set_mempolicy', 'move_pages', 'migrate_pages'] as const),
    ],
  },
  // "Not there" lets programs fall back. clone3's flags lie behind a pointer, which no filter can read.
  { errno: ENOSYS, names: ['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'] },
  {
    errno: EPERM,
    names: ['clone'],
    when: { argument: 0, is: 'masked', mask: CLONE_NEWUSER, value: CLONE_NEWUSER },
  },
  ...[TIOCSTI, TIOCLINUX].map(
    (value): SyscallRule => ({ errno: EPERM, names: ['ioctl'], when: { argument: 1, is: 'equal', value } }),
  ),
  { errno: EPERM, names: ['personality'], when: { argument: 0, is: 'not-equal', value: PERSONALITY_QUERY } },
  ...OTHER_FAMILIES.map(
    (value): SyscallRule => ({ errno: EAFNOSUPPORT, names: ['socket'], when: { argument: 0, is: 'equal', value } }),
  ),
  { errno: EAFNOSUPPORT, names: ['socket'], when: { argument: 0, is: 'at-least', value: FIRST_FAMILY_AFTER } },
];
