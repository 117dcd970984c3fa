import { existsSync, watch } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { OwnedProcess } from '../process/owned-process.ts';

/** One session's sound server (PulseAudio): a null sink for the title, its monitor as raw samples on a socket. */
export interface SoundServer {
  /** Value of PULSE_SERVER for the title. */
  address: string;
  /** Raw samples as they are played: 48 kHz, stereo, 16 bit little-endian. */
  listen(): Socket;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 5_000;

/** Where a title finds its sound server. */
export interface SoundPlace {
  /** Value of PULSE_SERVER. */
  address: string;
  /** What the title must see: a folder with nothing else in it. */
  folder: string;
}

/** Makes the place ahead of the server, so that a title's sandbox need not wait for it. */
export async function makeSoundPlace(folder: string): Promise<SoundPlace> {
  const place = soundPlace(folder);
  await mkdir(place.inner, { recursive: true, mode: 0o700 });
  return place;
}

/** The server takes only a folder that nobody else may enter; it is opened to the title, in another of its own, when it is up. */
function soundPlace(folder: string): SoundPlace & { inner: string; socket: string } {
  const own = join(folder, 'sound-of-title');
  const inner = join(own, 'server');
  const socket = join(inner, 'native');
  return { folder: own, inner, socket, address: `unix:${socket}` };
}

/** Starts PulseAudio in `folder`, where its place was made; rejects with its own words when it does not come up. */
export async function startSoundServer(folder: string, onLost: (detail: string) => void): Promise<SoundServer> {
  const home = join(folder, 'sound');
  await mkdir(home);
  const { socket: nativeSocket, inner, address } = soundPlace(folder);
  const samplesSocket = join(home, 'samples');
  const format = 'format=s16le rate=48000 channels=2';
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    XDG_RUNTIME_DIR: home,
    PULSE_RUNTIME_PATH: home,
    PULSE_STATE_PATH: home,
    // Without a bus address PulseAudio tries to start a D-Bus daemon of its own.
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    DBUS_SYSTEM_BUS_ADDRESS: 'disabled:',
  };
  let up = false;
  const server = new OwnedProcess(
    'pulseaudio',
    [
      '-n',
      '--daemonize=no',
      '--use-pid-file=no',
      '--exit-idle-time=-1',
      '--disallow-exit',
      '--disallow-module-loading',
      '--high-priority=no',
      '--realtime=no',
      '--log-target=stderr',
      '--log-level=error',
      '-L',
      `module-null-sink sink_name=title ${format}`,
      '-L',
      `module-native-protocol-unix auth-anonymous=1 socket=${nativeSocket}`,
      '-L',
      `module-simple-protocol-unix playback=false record=true source=title.monitor ${format} socket=${samplesSocket}`,
    ],
    { env, cwd: home },
    (_end, lastWords) => up && onLost(lastWords),
  );
  const failed = once(server.child, 'close').then(() => {
    throw new Error(`PulseAudio did not start. ${server.lastWords}`);
  });
  try {
    await Promise.race([Promise.all([created(nativeSocket, inner), created(samplesSocket, home)]), failed]);
    await chmod(inner, 0o711);
  } catch (error) {
    await server.stop();
    throw error;
  }
  up = true;
  failed.catch(() => {});
  return { address, listen: () => connect(samplesSocket), stop: () => server.stop() };
}

/** Resolves when `path` exists; rejects after five seconds. */
function created(path: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, () => existsSync(path) && done(resolve));
    const timer = setTimeout(
      () => done(() => reject(new Error('PulseAudio opened no socket in five seconds.'))),
      START_TIMEOUT_MS,
    );
    const done = (settle: () => void) => {
      watcher.close();
      clearTimeout(timer);
      settle();
    };
    if (existsSync(path)) done(resolve);
  });
}
