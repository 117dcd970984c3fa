import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LINUX_KEY_CODES } from '@kilat/shared/input/keys';
import type { EndReason } from '@kilat/shared/session/life';
import type { LoadedTitle } from '@kilat/titles/load';
import { type DisplayAddress, XConnection } from '../capture/x-connection.ts';
import { Injector } from '../inject/injector.ts';
import type { ContainerSpec, FromContainer, ToContainer } from './messages.ts';
import { CONTAINER_MARK, removeDeadDisplay, scratchPrefix, sweep } from './leftovers.ts';
import { endWarmingPriority, mayRaisePriority, WARMING_NICENESS } from './priority.ts';

/** How a container ended without being asked. */
export interface ContainerFailure {
  reason: EndReason;
  detail: string;
}

export interface ContainerListener {
  message(message: Exclude<FromContainer, { type: 'failed' }>): void;
  /** Once, when it ended by itself; everything it started is gone then. */
  failed(failure: ContainerFailure): void;
}

const CLOSE_GRACE_MS = 1_500;
/** How long a title gets to act on its pause keys before it is frozen, ms. */
const PAUSE_SETTLE_MS = 250;

/** The agent's own way into a container's X server: inputs in, pointer shapes out. */
export interface InputAccess {
  x: XConnection;
  injector: Injector;
}

/** The agent's handle of one session process. Nothing of it is left once `close()` resolved or `failed` was called. */
export class Container {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #title: LoadedTitle;
  #inBackground: boolean;
  #paused = false;
  #listener: ContainerListener | undefined;
  #unheard: Exclude<FromContainer, { type: 'failed' }>[] = [];
  #failure: ContainerFailure | undefined;
  #closing = false;
  readonly #gone: Promise<void>;
  readonly #display = Promise.withResolvers<DisplayAddress>();
  #displayName: string | undefined;
  #input: Promise<InputAccess> | undefined;

  private constructor(process: ChildProcess, folder: string, title: LoadedTitle, inBackground: boolean) {
    this.#process = process;
    this.#inBackground = inBackground;
    this.#title = title;
    this.#folder = folder;
    this.#gone = new Promise((resolve) => process.once('exit', () => resolve(this.#cleanUp())));
    process.on('message', (message: FromContainer) => this.#receive(message));
    // EPIPE while the process goes; its exit is what counts.
    process.on('error', () => {});
    void this.#gone.then(() => this.#ended());
    this.#display.promise.catch(() => {});
  }

  /** Starts a session process and everything in it; stages and failures go to the listener. */
  static async start(
    title: LoadedTitle,
    options: { scratch: string; bitrateKbps: number; startTitle: boolean; inBackground?: boolean },
  ): Promise<Container> {
    const folder = await mkdtemp(join(options.scratch, scratchPrefix(process.pid)));
    const mark = { [CONTAINER_MARK]: folder };
    const inBackground = options.inBackground === true && mayRaisePriority();
    const child = fork(join(import.meta.dirname, 'session-process.ts'), [], {
      env: { ...process.env, ...mark },
      ...(inBackground
        ? { execPath: 'nice', execArgv: ['-n', String(WARMING_NICENESS), process.execPath] }
        : { execArgv: [] }),
      serialization: 'json',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const container = new Container(child, folder, title, inBackground);
    const spec: ContainerSpec = {
      title,
      folder,
      mark,
      bitrateKbps: options.bitrateKbps,
      startTitle: options.startTitle,
    };
    container.send({ type: 'prepare', spec });
    return container;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get title(): LoadedTitle {
    return this.#title;
  }

  /** Scratch folder; the value of every process's mark. */
  get folder(): string {
    return this.#folder;
  }

  /** What was started in the background is a session's now, or waits for one. Idempotent. */
  leaveBackground(): void {
    if (!this.#inBackground) return;
    this.#inBackground = false;
    endWarmingPriority(this.#folder);
  }

  /** Who hears of it from now on; what was said before is repeated first, except frames. */
  listen(listener: ContainerListener): void {
    this.#listener = listener;
    for (const message of this.#unheard) listener.message(message);
    if (this.#failure !== undefined) void this.#gone.then(() => this.#tellFailure());
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
    await setTimeout(PAUSE_SETTLE_MS);
    if (this.#paused) this.send({ type: 'freeze' });
  }

  /** Starts the title, or lets it go on after `pause`. */
  async run(): Promise<void> {
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
      if (await Promise.race([this.#gone.then(() => true), setTimeout(CLOSE_GRACE_MS, false)])) return;
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
    return { x, injector: new Injector(x, await x.extension('xtest')) };
  }

  async #cleanUp(): Promise<void> {
    this.#display.reject(new Error('the container ended'));
    void this.#input?.then(({ x }) => x.close()).catch(() => {});
    await sweep(this.#folder);
    if (this.#displayName !== undefined) await removeDeadDisplay(this.#displayName);
    await rm(this.#folder, { recursive: true, force: true });
  }

  #ended(): void {
    if (this.#closing) return;
    this.#failure ??= {
      reason: 'session-crashed',
      detail: `The session process ended (${this.#process.signalCode ?? this.#process.exitCode}).`,
    };
    this.#tellFailure();
  }

  #tellFailure(): void {
    const listener = this.#listener;
    if (this.#closing || listener === undefined || this.#failure === undefined) return;
    this.#closing = true;
    listener.failed(this.#failure);
  }
}
