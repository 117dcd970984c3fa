import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 10_000;

/** A sound server that nobody hears. `address` is its PULSE_SERVER. */
export interface SilentSound {
  address: string;
  close(): Promise<void>;
}

/** Starts a PulseAudio with a null sink named `silence`, a socket in `folder`, and further modules if given. */
export async function startSilentSound(folder: string, furtherModules: string[] = []): Promise<SilentSound> {
  const socket = join(folder, 'pulse.sock');
  const modules = [
    'module-null-sink sink_name=silence rate=48000 channels=2',
    `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
    ...furtherModules,
  ];
  const server = spawn(
    'pulseaudio',
    [
      '-n',
      '--daemonize=no',
      '--use-pid-file=no',
      '--disable-shm=yes',
      '--exit-idle-time=-1',
      ...modules.flatMap((module) => ['-L', module]),
    ],
    { stdio: 'ignore', env: { PATH: '/usr/bin:/bin', HOME: folder, XDG_RUNTIME_DIR: folder } },
  );
  const exited = once(server, 'exit');
  for (let waitedMs = 0; !(await there(socket)); waitedMs += 20) {
    if (server.exitCode !== null || waitedMs > START_TIMEOUT_MS) throw new Error('PulseAudio did not start');
    await sleep(20);
  }
  return {
    address: `unix:${socket}`,
    close: async () => {
      server.kill('SIGTERM');
      await exited;
    },
  };
}

const there = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
