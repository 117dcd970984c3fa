import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LINUX_KEY_CODES } from '@kilat/shared/input/keys';
import type { EndReason } from '@kilat/shared/session/life';
import type { LoadedTitle } from '@kilat/titles/load';
import { type DisplayAddress, XConnection } from '../capture/x-connection.ts';
import type { EncoderKind } from '../encode/video-encoder.ts';
import type { Gamepads } from '../inject/gamepad/gamepads.ts';
import { titleGamepads } from '../inject/gamepad/title-gamepads.ts';
import { Injector } from '../inject/injector.ts';
import { framePace } from '../display/frame-pace.ts';
import { inAll, type TitleAddition } from './title-addition.ts';
import { type ContainerSpec, type FromContainer, HEARTBEAT_MS, type ToContainer } from './messages.ts';
import type { GpuDriver } from '../display/gpu-display.ts';
import { removeFolder } from '../sandbox/private-home.ts';
import type { SandboxChoice } from '../sandbox/sandbox.ts';
import { CONTAINER_MARK, removeDeadDisplay, scratchPrefix, sweep } from './leftovers.ts';
import { endWarmingPriority, mayRaisePriority, WARMING_NICENESS } from '../process/priority.ts';

/** How a container ended without being asked. */
export interface ContainerFailure {
  reason: EndReason;
  detail: string;
}

export interface ContainerListener {
  message(message: Exclude<FromContainer, { type: 'failed' | 'alive' | 'network' }>): void;
  /** Once, when it ended without being closed; everything it started is gone then. */
  failed(failure: ContainerFailure): void;
}

const CLOSE_GRACE_MS = 1_500;
/** A session process that has said nothing for this long hangs, ms. */
const HANGS_AFTER_MS = 4 * HEARTBEAT_MS;
/** What is tried where no probe has found out what this host has. */
const UNPROBED_ENCODERS: EncoderKind[] = ['x264', 'ffmpeg-x264'];
/** How long a title gets to act on its pause keys before it is frozen, ms. */
const PAUSE_SETTLE_MS = 250;

/** The agent's own way into a container's X server: inputs in, pointer shapes out. */
export interface InputAccess {
  x: XConnection;
  injector: Injector;
  /** Undefined for a title that takes no gamepads. */
  gamepads: Gamepads | undefined;
}

export interface ContainerOptions {
  scratch: string;
  bitrateKbps: number;
  startTitle: boolean;
  /** Nicer than sessions until `leaveBackground`. */
  inBackground?: boolean;
  /** In the order in which they are tried. */
  encoders?: EncoderKind[];
  /** The GPU that the display is put on. */
  gpu?: GpuDriver | undefined;
  /** What the edge adds to every title's environment. */
  titleEnv?: Record<string, string> | undefined;
  /** What the title is shut in. */
  sandbox: SandboxChoice;
  /** Hears what an operator should know, in plain words: of the title's network, and of what could not be removed. */
  onTrouble?: (words: string) => void;
  /** Folder of the edge's native parts; without them no gamepad can be plugged in, and titles draw without a pace. */
  native?: string | undefined;
}

/** The agent's handle of one session process. Nothing of it is left once `close()` resolved or `failed` was called. */
export class Container {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #title: LoadedTitle;
  readonly #gamepads: Gamepads | undefined;
  readonly #onTrouble: ((words: string) => void) | undefined;
  #inBackground: boolean;
  #paused = false;
  /** The title must not run before it: its player's saves are on their way. */
  #mayRun: Promise<void> = Promise.resolve();
  #beforeRemoval: (() => Promise<void>) | undefined;
  #listener: ContainerListener | undefined;
  #unheard: Exclude<FromContainer, { type: 'failed' | 'alive' | 'network' }>[] = [];
  #failure: ContainerFailure | undefined;
  /** Who has heard of the failure. */
  #told: ContainerListener | undefined;
  #closing = false;
  readonly #gone: Promise<void>;
  readonly #display = Promise.withResolvers<DisplayAddress>();
  #displayName: string | undefined;
  #input: Promise<InputAccess> | undefined;
  #watchdog: NodeJS.Timeout | undefined;

  private constructor(
    process: ChildProcess,
    folder: string,
    title: LoadedTitle,
    {
      gamepads,
      inBackground,
      onTrouble,
    }: { gamepads: Gamepads | undefined; inBackground: boolean; onTrouble: ContainerOptions['onTrouble'] },
  ) {
    this.#process = process;
    this.#inBackground = inBackground;
    this.#title = title;
    this.#gamepads = gamepads;
    this.#onTrouble = onTrouble;
    this.#folder = folder;
    this.#gone = new Promise((resolve) => {
      process.once('exit', () => resolve(this.#cleanUp()));
      // A process that could not be started has no exit.
      process.once('error', () => process.pid === undefined && resolve(this.#cleanUp()));
    });
    process.on('message', (message: FromContainer) => this.#receive(message));
    // EPIPE while the process goes; its exit is what counts.
    process.on('error', () => {});
    void this.#gone.then(() => this.#ended());
    this.#display.promise.catch(() => {});
  }

  /** Starts a session process and everything in it; stages and failures go to the listener. */
  static async start(title: LoadedTitle, options: ContainerOptions): Promise<Container> {
    const folder = await mkdtemp(join(options.scratch, scratchPrefix(process.pid)));
    const mark = { [CONTAINER_MARK]: folder };
    const { gamepads, titleAddition } = await addForTitle(title, folder, options).catch(async (error: unknown) => {
      await removeFolder(folder);
      throw error;
    });
    const inBackground = options.inBackground === true && mayRaisePriority();
    const child = fork(join(import.meta.dirname, 'session-process.ts'), [], {
      env: { ...process.env, ...mark },
      ...(inBackground
        ? { execPath: 'nice', execArgv: ['-n', String(WARMING_NICENESS), process.execPath] }
        : { execArgv: [] }),
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const { onTrouble } = options;
    const container = new Container(child, folder, title, { gamepads, inBackground, onTrouble });
    const spec: ContainerSpec = {
      title,
      folder,
      mark,
      bitrateKbps: options.bitrateKbps,
      encoders: options.encoders ?? UNPROBED_ENCODERS,
      ...(options.gpu === undefined ? {} : { gpu: options.gpu }),
      sandbox: options.sandbox,
      startTitle: options.startTitle,
      titleAddition,
    };
    container.send({ type: 'prepare', spec });
    return container;
  }

  /** It has failed, or its process has gone: what is left of it is on its way out. */
  get failing(): boolean {
    return this.#failure !== undefined || this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get title(): LoadedTitle {
    return this.#title;
  }

  /** Scratch folder, and the value of every process's mark; the title's home is in it. */
  get folder(): string {
    return this.#folder;
  }

  /** Done when every process of the container is gone and before its folder goes. */
  beforeRemoval(work: () => Promise<void>): void {
    this.#beforeRemoval = work;
  }

  /** `run` waits for this; where it fails, the title never runs. */
  runAfter(ready: Promise<void>): void {
    this.#mayRun = ready;
    ready.catch(() => {});
  }

  /** Takes back the start of the title: the next `run` starts it anew, in a fresh home. */
  stopTitle(): void {
    this.#paused = false;
    this.#unheard = this.#unheard.filter(
      (message) => message.type !== 'stage' || (message.stage !== 'title' && message.stage !== 'drawn'),
    );
    this.send({ type: 'stop-title' });
  }

  /** What was started in the background is a session's now, or waits for one. Idempotent. */
  async leaveBackground(): Promise<void> {
    if (!this.#inBackground) return;
    this.#inBackground = false;
    await endWarmingPriority(this.#folder);
  }

  /** Who hears of it from now on; what was said before is repeated first, except frames. */
  listen(listener: ContainerListener): void {
    this.#listener = listener;
    for (const message of this.#unheard) listener.message(message);
    if (this.failing) void this.#gone.then(() => this.#ended());
  }

  /** Resolves once the display is up; rejects if the container ends before. Opened once, closed with the container. */
  get input(): Promise<InputAccess> {
    this.#input ??= this.#openInput();
    return this.#input;
  }

  send(message: ToContainer): void {
    if (this.#process.connected) this.#process.send(message);
  }

  /** Pauses the title and stops its processes, where its manifest says how (`warm: title`); otherwise it goes on. */
  async pause(): Promise<void> {
    if (this.#title.warm.keep !== 'title' || this.#paused) return;
    this.#paused = true;
    await this.#pressPauseKeys();
    await sleep(PAUSE_SETTLE_MS);
    if (this.#paused) this.send({ type: 'freeze' });
  }

  /** Starts the title, or lets it go on after `pause`. */
  async run(): Promise<void> {
    await this.#mayRun;
    this.send({ type: 'run' });
    if (!this.#paused) return;
    this.#paused = false;
    await this.#pressPauseKeys();
  }

  /** Ends the process and all it started. Idempotent. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.send({ type: 'close' });
      if (await Promise.race([this.#gone.then(() => true), sleep(CLOSE_GRACE_MS, false)])) return;
      this.#process.kill('SIGKILL');
    }
    await this.#gone;
  }

  #receive(message: FromContainer): void {
    if (message.type === 'failed') {
      this.#failure = { reason: message.reason, detail: message.detail };
      return;
    }
    if (message.type === 'display') {
      this.#displayName = message.address.display;
      this.#display.resolve(message.address);
    }
    if (message.type === 'prepared') this.#watchdog = setTimeout(() => this.#hangs(), HANGS_AFTER_MS);
    if (message.type === 'network') return this.#onTrouble?.(message.words);
    if (message.type === 'alive') return void this.#watchdog?.refresh();
    if (message.type !== 'frame') this.#unheard.push(message);
    this.#listener?.message(message);
  }

  async #pressPauseKeys(): Promise<void> {
    const { warm } = this.#title;
    if (warm.keep !== 'title' || warm.pauseKeys.length === 0) return;
    const { injector } = await this.input;
    for (const code of warm.pauseKeys) {
      injector.inject({ type: 'key-down', key: LINUX_KEY_CODES[code] });
      injector.inject({ type: 'key-up', key: LINUX_KEY_CODES[code] });
    }
  }

  async #openInput(): Promise<InputAccess> {
    // The session process notices a lost X server itself and says so.
    const x = await XConnection.open(await this.#display.promise, () => {});
    const injector = new Injector(x, await x.extension('xtest'), this.#title.mouse, this.#gamepads);
    return { x, injector, gamepads: this.#gamepads };
  }

  #hangs(): void {
    this.#failure = { reason: 'session-crashed', detail: 'The session process stopped answering.' };
    this.#process.kill('SIGKILL');
  }

  async #cleanUp(): Promise<void> {
    clearTimeout(this.#watchdog);
    this.#display.reject(new Error('the container ended'));
    void this.#input?.then(({ x }) => x.close()).catch(() => {});
    await this.#gamepads?.close().catch(() => {});
    await sweep(this.#folder);
    await this.#beforeRemoval?.();
    if (this.#displayName !== undefined) await removeDeadDisplay(this.#displayName);
    await removeFolder(this.#folder).catch((error: unknown) =>
      this.#onTrouble?.(`Its scratch folder could not be removed (${String(error)}); the next start tries again.`),
    );
  }

  #ended(): void {
    if (this.#closing) return;
    this.#failure ??= {
      reason: 'session-crashed',
      detail: `The session process ended (${this.#process.signalCode ?? this.#process.exitCode}).`,
    };
    const listener = this.#listener;
    if (listener === undefined || listener === this.#told) return;
    this.#told = listener;
    listener.failed(this.#failure);
  }
}

/** Lays out in the container's folder what the edge adds for its title. */
async function addForTitle(
  title: LoadedTitle,
  folder: string,
  { native, sandbox, titleEnv = {} }: ContainerOptions,
): Promise<{ gamepads: Gamepads | undefined; titleAddition: TitleAddition }> {
  const pace = await framePace(folder, native, title.display.fps);
  const pads = await titleGamepads(title, folder, native, sandbox.name === 'none');
  const titleAddition = inAll([{ env: titleEnv, sees: [] }, pace, ...(pads === undefined ? [] : [pads])]);
  return { gamepads: pads?.gamepads, titleAddition };
}
