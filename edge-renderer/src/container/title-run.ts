import { endTitle } from '../sandbox/end-title.ts';
import type { TitleNetwork } from '../sandbox/network/title-network.ts';
import type { ProgramEnd } from '../process/owned-process.ts';
import type { ContainerSpec } from './messages.ts';
import type { SoundPlace } from './sound-server.ts';
import { makeTitleReady, type ReadyTitle } from './title-program.ts';
import type { TitleDisplay } from '../display/x-display.ts';

/** What of a container its title sees; neither has to stand when the sandbox is made. */
export interface TitlePlace {
  display: TitleDisplay | Promise<TitleDisplay>;
  /** Undefined for a title without sound, or once it was lost. */
  sound: SoundPlace | undefined;
}

interface TitleRunListener {
  began(): void;
  /** Its program is about to be ended, to begin anew. */
  stopping(): void;
  /** What an operator should know of its network, in plain words. */
  network(words: string): void;
  ended(end: ProgramEnd, lastWords: string): void;
  failed(error: unknown): void;
}

/**
 * A container's title: its network, its sandbox, its program. What is done to it is done in its own order: its start waits
 * for its network, and the picture, which nobody keeps waiting, goes out meanwhile.
 */
export class TitleRun {
  readonly #spec: ContainerSpec;
  readonly #listener: TitleRunListener;
  /** Of a title that asks for hosts. It opens while the display starts; only the title waits for it. */
  #network: TitleNetwork | undefined;
  /** The sandbox, made while the picture is opened; the program waits in it until it is to run. */
  #sandboxed: Promise<ReadyTitle>;
  /** The sandbox's making, once its network is there. */
  #making: Promise<ReadyTitle> | undefined;
  /** Once its program has begun. */
  #title: ReadyTitle | undefined;
  #before: Promise<void> = Promise.resolve();
  #closing = false;

  constructor(spec: ContainerSpec, place: TitlePlace, listener: TitleRunListener) {
    this.#spec = spec;
    this.#listener = listener;
    this.#sandboxed = this.#make(place);
  }

  /** Begins, or goes on after `freeze`. */
  run(): void {
    this.#order(async () => {
      if (this.#title !== undefined) return this.#title.thaw();
      const title = await this.#sandboxed;
      await title.begin();
      this.#title = title;
      this.#listener.began();
    });
  }

  freeze(): void {
    this.#order(() => this.#title?.freeze());
  }

  /** Ends the program; the next `run` starts it anew, in a fresh sandbox. One that has not begun has nothing of anybody. */
  stop(place: () => TitlePlace): void {
    this.#order(async () => {
      if (this.#title === undefined) return;
      this.#listener.stopping();
      await this.#title.stop();
      this.#title = undefined;
      // The next one gets the same name, groups and user.
      await endTitle(this.#spec.folder);
      this.#sandboxed = this.#make(place());
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#making?.then(
      (title) => title.stop(),
      () => {},
    );
    await this.#network?.close();
  }

  #order(work: () => void | Promise<void>): void {
    this.#before = this.#before
      .then(() => (this.#closing ? undefined : work()))
      .catch((error: unknown) => this.#listener.failed(error));
  }

  #make({ display, sound }: TitlePlace): Promise<ReadyTitle> {
    const { folder, mark, title, sandbox, titleAddition: added } = this.#spec;
    const make = async () => {
      this.#network ??= await this.#openNetwork();
      const [{ address, xauthorityPath, ipcOf }] = await Promise.all([display, this.#network?.ready]);
      if (this.#closing) throw new Error('The container closes.');
      this.#making = makeTitleReady(
        title,
        {
          ...{ folder, display: address.display, xauthorityPath, ipcOf, added, mark },
          ...{ network: this.#network?.joined, sound },
        },
        sandbox,
        (end, lastWords) => this.#listener.ended(end, lastWords),
      );
      return this.#making;
    };
    const made = make();
    made.catch((error: unknown) => this.#listener.failed(error));
    return made;
  }

  async #openNetwork(): Promise<TitleNetwork | undefined> {
    const { title, sandbox } = this.#spec;
    if ((title.sandbox?.network ?? []).length === 0) return undefined;
    const { titleNetwork } = await import('../sandbox/network/title-network.ts');
    return this.#closing ? undefined : titleNetwork(title, sandbox, (words) => this.#listener.network(words));
  }
}
