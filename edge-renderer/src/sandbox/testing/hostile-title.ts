import { spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';

// A title that tries what a hostile one would. It knows more than a real one could: where the secrets, the sockets and the
// other processes are. One line of JSON an attempt goes to `report.jsonl` in its home; then it waits to be ended.

/** What lies outside; given as JSON in HOSTILE_TARGETS. */
export interface HostileTargets {
  /** A file of another session, of the edge (its key), of its user; a socket of another session, a socket without a path. */
  otherSessionsFile: string;
  edgeKey: string;
  homeFile: string;
  otherSessionsSocket: string;
  abstractSocket: string;
  /** Where the agent listens, and addresses of the host. */
  port: number;
  hostAddresses: string[];
  /** Another port of a host that it may reach by its manifest; undefined where it may reach none. */
  deniedPort: number | undefined;
  /** A process of another session and a word of its command line. */
  otherProcess: number;
  otherProcessWord: string;
  ownFolder: string;
  /** A library that is loaded before it, and by what starts it. */
  preloaded: string;
  limits: { memoryMb: number; pids: number; diskMb: number };
  /** Argument of a `sleep` that is to outlive the session. */
  outliving: string;
}

/** Who keeps an attempt from succeeding where: some sandboxes leave a part to somebody else. */
export type Guarded = 'sessions' | 'files' | 'network' | 'processes' | 'kernel' | 'limits' | 'end';

export interface HostileAttempt {
  guarded: Guarded;
  attempt: string;
  failed: boolean;
  detail: string;
}

const home = process.env.HOME ?? '/';
const targets = JSON.parse(process.env.HOSTILE_TARGETS ?? '{}') as HostileTargets;

/** An attempt succeeds when this returns; what it returns says how. */
type Try = () => string | Promise<string>;

async function attempt(guarded: Guarded, what: string, act: Try): Promise<void> {
  let outcome: Pick<HostileAttempt, 'failed' | 'detail'>;
  try {
    outcome = { failed: false, detail: await act() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    outcome = { failed: true, detail: code ?? message };
  }
  appendFileSync(join(home, 'report.jsonl'), `${JSON.stringify({ guarded, attempt: what, ...outcome })}\n`);
}

const read = (path: string) => () => `read ${readFileSync(path).length} bytes`;
/** Opening for writing is all that is tried: a machine that lets it happen is not to be harmed. */
const write = (path: string) => () => {
  closeSync(openSync(path, 'r+'));
  return `may write ${path}`;
};

function reach(options: NetConnectOpts): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ timeout: 3_000, ...options }, () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', reject);
  });
}

/** Runs perl, which can make any system call; its words are the outcome, its failure is the attempt's. */
function perl(script: string): string {
  const { status, stdout, stderr, signal } = spawnSync('perl', ['-e', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error((stderr.trim() || signal) ?? 'failed');
  return stdout.trim() || 'done';
}

const NUMBERS = process.arch === 'arm64' ? 1 : 0;
const SYSCALLS = {
  ptrace: [101, 117],
  unshare: [272, 97],
  mount: [165, 40],
  bpf: [321, 280],
  keyctl: [250, 219],
  init_module: [175, 105],
  open_by_handle_at: [304, 265],
  perf_event_open: [298, 241],
  setns: [308, 268],
} as const;
const syscall = (name: keyof typeof SYSCALLS, args: string) => () =>
  perl(`my @a = (${args}); syscall(${SYSCALLS[name][NUMBERS]}, @a) == -1 and die "$!\\n"`);

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const otherName = targets.otherSessionsFile.split('/').find((part) => part.startsWith('kilat-')) ?? '?';

await attempt('sessions', 'read another session’s file', read(targets.otherSessionsFile));
await attempt('sessions', '… through /proc/1/root', read(`/proc/1/root${targets.otherSessionsFile}`));
await attempt('files', 'see that other sessions are there', () => {
  if (!readdirSync('/dev/shm').includes(otherName)) throw new Error('not listed');
  return 'listed';
});
await attempt('files', 'read the host’s passwords', read('/etc/shadow'));
await attempt('files', 'read a file in the home of the edge’s user', read(targets.homeFile));
await attempt('sessions', 'read the edge’s key', read(targets.edgeKey));
await attempt('files', 'change a program of the system', write('/usr/bin/perl'));
await attempt('files', 'change its own program', write(import.meta.filename));
await attempt('sessions', 'replace a library that is loaded before it', () => {
  rmSync(targets.preloaded);
  return 'removed it';
});
await attempt('sessions', 'change a library that is loaded before it', write(targets.preloaded));
await attempt('sessions', 'read what the agent keeps of its session', read(join(targets.ownFolder, 'sandbox.json')));
await attempt('files', 'open the host’s disk and memory', () => {
  const names = readdirSync('/dev').filter((name) => /^(vd|sd|nvme|xvd|mem$|kmem$|kmsg$)/.test(name));
  if (names.length === 0) throw new Error('not there');
  return names.map((name) => openSync(join('/dev', name), 'r')).join(' ');
});
await attempt('files', 'make a device of its own', () => {
  const { status, stderr } = spawnSync('mknod', [join(home, 'disk'), 'b', '254', '0'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim().split(': ').at(-1));
  return 'made';
});

await attempt('network', 'reach the agent on loopback', () => reach({ host: '127.0.0.1', port: targets.port }));
for (const host of targets.hostAddresses)
  await attempt('network', `reach the agent at ${host}`, () => reach({ host, port: targets.port }));
await attempt('network', 'reach a machine outside by TCP', () => reach({ host: '9.9.9.9', port: 53 }));
await attempt('network', 'reach a machine outside by UDP', () => {
  const socket = dgram.createSocket('udp4');
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null) => {
      socket.close();
      if (error) reject(error);
      else resolve('sent');
    };
    socket.send('x', 53, '9.9.9.9', settle);
  });
});
if (targets.deniedPort !== undefined) {
  const port = targets.deniedPort;
  await attempt('network', 'reach another port of a host it may reach', () => reach({ host: '127.0.0.1', port }));
}
await attempt('network', 'reach a cloud’s keys', () => reach({ host: '169.254.169.254', port: 80 }));
await attempt('network', 'ask for the address of a name', async () => {
  const found = await lookup('example.org');
  return `found ${found.address}`;
});
await attempt('network', 'learn which name servers the host asks', () => {
  const servers = readFileSync('/etc/resolv.conf', 'utf8').match(/^nameserver.*$/gm) ?? [];
  if (servers.length === 0) throw new Error('none named');
  return servers.join(' ');
});
await attempt('network', 'see who carries its connections', () => {
  const seen = processes().filter((pid) => commandOf(pid).includes('relay.ts'));
  if (seen.length === 0) throw new Error('not listed');
  return seen.join(' ');
});
await attempt('network', 'give its network another way out', () => {
  const { status, stderr } = spawnSync('ip', ['address', 'add', '10.9.9.9/24', 'dev', 'lo'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr.trim().split('\n')[0] ?? 'failed');
  return 'added an address';
});
await attempt('network', 'open a raw socket', () => perl('socket(my $s, 2, 3, 1) or die "$!\\n"'));
await attempt('network', 'open a packet socket', () => perl('socket(my $s, 17, 3, 0) or die "$!\\n"'));
await attempt('network', 'reach a socket without a path', () => reach({ path: `\0${targets.abstractSocket}` }));
await attempt('sessions', 'reach another session’s socket', () => reach({ path: targets.otherSessionsSocket }));

await attempt('processes', 'see another session’s process', () => {
  const seen = processes().filter((pid) => commandOf(pid).includes(targets.otherProcessWord));
  if (seen.length === 0) throw new Error('not listed');
  return seen.join(' ');
});
await attempt('processes', 'signal another session’s process', () => {
  process.kill(targets.otherProcess, 0);
  return 'signalled';
});
await attempt('processes', 'trace another process', syscall('ptrace', '16, 1, 0, 0'));

await attempt('kernel', 'become root', () =>
  perl('$! = 0; $< = 0; $> = 0; ($< == 0 or $> == 0) or die "$!\\n"; print "root"'),
);
await attempt('kernel', 'hold a capability, or be able to get one', () => {
  const status = readFileSync('/proc/self/status', 'utf8');
  const held = [...status.matchAll(/^(Cap(?:Inh|Prm|Eff|Bnd|Amb)):\s*0*([1-9a-f][0-9a-f]*)$/gm)].map(([line]) => line);
  if (!/^NoNewPrivs:\s*1$/m.test(status)) held.push('new privileges');
  if (held.length === 0) throw new Error('none');
  return held.join(' ');
});
await attempt('kernel', 'run without a system call filter', () => {
  if (/^Seccomp:\s*2$/m.test(readFileSync('/proc/self/status', 'utf8'))) throw new Error('filtered');
  return 'unfiltered';
});
await attempt('kernel', 'make a user namespace', syscall('unshare', '0x10000000'));
await attempt('kernel', 'enter another namespace', syscall('setns', '0, 0'));
await attempt('kernel', 'mount', syscall('mount', '"none", "/tmp", "tmpfs", 0, 0'));
await attempt('kernel', 'load a program into the kernel', syscall('bpf', '0, 0, 0'));
await attempt('kernel', 'load a module', syscall('init_module', '0, 0, ""'));
await attempt('kernel', 'read the kernel’s keys', syscall('keyctl', '0, -3, 1'));
await attempt('kernel', 'open a file by its handle', syscall('open_by_handle_at', '0, 0, 0'));
await attempt('kernel', 'change the kernel’s settings', write('/proc/sys/kernel/core_pattern'));
await attempt('kernel', 'press the kernel’s emergency key', write('/proc/sysrq-trigger'));
await attempt('kernel', 'change its control group', () => {
  const folders = ['/sys/fs/cgroup', '/sys/fs/cgroup/pids', '/sys/fs/cgroup/memory'].filter((path) => {
    try {
      mkdirSync(join(path, 'kilat-was-here'));
      return true;
    } catch {
      return false;
    }
  });
  if (folders.length === 0) throw new Error('not there');
  return folders.join(' ');
});

const { limits } = targets;
await attempt('limits', `start ${limits.pids * 4} processes (${limits.pids} allowed)`, () => {
  const started = Number(
    perl(
      `$SIG{TERM} = "IGNORE"; my $n = 0; while ($n < ${limits.pids * 4}) { my $p = fork; last if !defined $p; if (!$p) { sleep 100; exit } $n++; push @all, $p } kill "KILL", @all; waitpid $_, 0 for @all; print $n`,
    ),
  );
  if (started < limits.pids) throw new Error(`stopped at ${started}`);
  return `${started} started`;
});
for (const [guarded, folder, what] of [
  ['limits', home, 'its home'],
  ['files', '/tmp', '/tmp'],
  ['files', '/dev/shm', '/dev/shm'],
] as const) {
  await attempt(guarded, `write ${limits.diskMb * 3} MB to ${what} (${limits.diskMb} allowed)`, () => {
    const path = join(folder, 'filler');
    const piece = Buffer.alloc(2 ** 20, 1);
    const file = openSync(path, 'w');
    let writtenMb = 0;
    try {
      for (; writtenMb < limits.diskMb * 3; writtenMb++) writeSync(file, piece);
    } catch (error) {
      if (writtenMb > limits.diskMb) return `${writtenMb} MB written`;
      throw new Error(`${(error as NodeJS.ErrnoException).code} at ${writtenMb} MB`);
    } finally {
      closeSync(file);
      rmSync(path, { force: true });
    }
    return `${writtenMb} MB written`;
  });
}
await attempt('limits', `use ${limits.memoryMb * 2} MB of memory (${limits.memoryMb} allowed)`, () =>
  perl(`my @all; for (1 .. ${limits.memoryMb * 2}) { push @all, "x" x 1048576 } print "used"`),
);

/** A process of a session and group of its own, without parent and without any mark of where it came from. */
spawnSync(
  'perl',
  [
    '-e',
    `use POSIX; fork and exit; POSIX::setsid(); fork and exit; open STDOUT, ">/dev/null"; open STDERR, ">/dev/null"; %ENV = (); $SIG{TERM} = $SIG{HUP} = "IGNORE"; exec "/bin/sleep", "${targets.outliving}"`,
  ],
  { stdio: 'ignore' },
);
appendFileSync(join(home, 'report.jsonl'), '{"done":true}\n');
process.on('SIGTERM', () => {});
spawn('sleep', [targets.outliving], { stdio: 'ignore' });
setInterval(() => {}, 1000);
