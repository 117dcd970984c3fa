import { access, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClickOnsets, SAMPLE_RATE } from '../measure/click-onset.ts';
import { OwnedProcess } from './owned-process.ts';

const START_TIMEOUT_MS = 5_000;

/**
 * The player's sound card: a PulseAudio of the bench's own that the browser plays to, and that is listened to where its
 * samples leave for the loudspeaker.
 */
export class PlayerSound {
  /** PULSE_SERVER for the browser. */
  readonly address: string;
  /** When each click so far began to be played, ms of this process's `performance.now()`. */
  readonly heardMs: number[] = [];
  readonly #folder: string;
  readonly #server: OwnedProcess;
  readonly #samples: Socket;

  private constructor(folder: string, address: string, server: OwnedProcess, samples: Socket) {
    this.#folder = folder;
    this.address = address;
    this.#server = server;
    this.#samples = samples;
    const onsets = new ClickOnsets();
    let odd: Buffer = Buffer.alloc(0);
    samples.on('error', () => {});
    samples.on('data', (chunk) => {
      const arrivedMs = performance.now();
      const bytes = Buffer.concat([odd, chunk]);
      const whole = bytes.length - (bytes.length % 2);
      odd = bytes.subarray(whole);
      // The card takes a block when the one before has begun to play: a sample is heard as much later as it lies in its block.
      for (const place of onsets.find(new Int16Array(Uint8Array.from(bytes.subarray(0, whole)).buffer))) {
        this.heardMs.push(arrivedMs + (1000 * place) / SAMPLE_RATE);
      }
    });
  }

  static async start(): Promise<PlayerSound> {
    const folder = await mkdtemp(join(tmpdir(), 'kilat-bench-sound-'));
    const [native, samples] = [join(folder, 'native'), join(folder, 'samples')];
    const modules = [
      `module-null-sink sink_name=player format=s16le rate=${SAMPLE_RATE} channels=2`,
      `module-native-protocol-unix auth-anonymous=1 socket=${native}`,
      `module-simple-protocol-unix playback=false record=true source=player.monitor format=s16le rate=${SAMPLE_RATE} channels=1 socket=${samples}`,
    ];
    const flags = [
      '-n',
      '--daemonize=no',
      '--use-pid-file=no',
      '--exit-idle-time=-1',
      '--high-priority=no',
      '--realtime=no',
      '--log-level=error',
    ];
    const server = new OwnedProcess('pulseaudio', [...flags, ...modules.flatMap((module) => ['-L', module])], {
      cwd: folder,
      env: {
        HOME: folder,
        XDG_RUNTIME_DIR: folder,
        PULSE_RUNTIME_PATH: folder,
        PULSE_STATE_PATH: folder,
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      },
    });
    for (const giveUpAt = Date.now() + START_TIMEOUT_MS; !(await both(native, samples)); await sleep(20)) {
      if (!server.ended && Date.now() < giveUpAt) continue;
      await server.close();
      await rm(folder, { recursive: true, force: true });
      throw new Error(`the player's sound server did not start: ${server.output}`);
    }
    return new PlayerSound(folder, `unix:${native}`, server, connect(samples));
  }

  async close(): Promise<void> {
    this.#samples.destroy();
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const both = async (...paths: string[]): Promise<boolean> =>
  (
    await Promise.all(
      paths.map((path) =>
        access(path).then(
          () => true,
          () => false,
        ),
      ),
    )
  ).every(Boolean);
