import type { TitleId } from '@kilat/shared/ids';
import type { Warmth } from '@kilat/shared/session/life';
import type { LoadedTitle } from '@kilat/titles/load';
import type { Logger } from 'pino';
import { Container } from '../container/container.ts';
import type { Drawing } from '../display/drawing.ts';
import type { EncoderKind } from '../encode/video-encoder.ts';
import type { SandboxChoice } from '../sandbox/sandbox.ts';
import { nextToWarm, type WarmWish } from './warm-wishes.ts';

/** A container for a session, and how much of it was ready. */
export interface TakenSlot {
  container: Container;
  warmth: Warmth;
}

export interface SlotSettings {
  count: number;
  /** Titles to keep slots warm for, the most wanted first. */
  warm: WarmWish[];
  scratch: string;
  bitrateKbps: number;
  /** The order in which sessions try this host's encoders. */
  encoders?: EncoderKind[];
  /** Who draws for what starts now; the processor where nobody says. */
  drawing?: () => Pick<Drawing, 'gpu' | 'titleEnv'>;
  /** Folder of the native parts; see `ContainerOptions`. */
  native?: string | undefined;
  sandbox: SandboxChoice;
  /** Whether one may be started now: no launch is under way, and the machine has room. `refill` is called when it changes. */
  mayWarm: (title: LoadedTitle) => boolean;
  /** A warm slot failed, in words for the operator. */
  onTrouble: (text: string) => void;
}

interface WarmSlot {
  title: LoadedTitle;
  container: Container;
  warmth: Warmth;
  /** Ends the warming up: a session took the slot, or it was lost. */
  leave: () => void;
}

const REFILL_AFTER_FAILURE_MS = 10_000;

/**
 * The machine's slots. A slot is used by a session, kept warm for a title, or empty; a warm one gives way when another
 * title needs it.
 */
export class Slots {
  readonly #settings: SlotSettings;
  readonly #titleOf: (id: TitleId) => LoadedTitle | undefined;
  readonly #log: Logger;
  readonly #onChange: () => void;
  readonly #warm: WarmSlot[] = [];
  readonly #leaving = new Set<Promise<void>>();
  /** Titles whose warm slot just failed are left alone for a while. */
  readonly #resting = new Set<TitleId>();
  #used = 0;
  /** How often what waits was let go; one that starts meanwhile is let go too. */
  #coolings = 0;
  #closed = false;
  #warming: Promise<void> | undefined;

  constructor(
    settings: SlotSettings,
    titleOf: (id: TitleId) => LoadedTitle | undefined,
    log: Logger,
    onChange: () => void,
  ) {
    this.#settings = settings;
    this.#titleOf = titleOf;
    this.#log = log;
    this.#onChange = onChange;
  }

  /** Slots no session uses. */
  get free(): number {
    return this.#settings.count - this.#used;
  }

  /** Titles with a slot ready to play. */
  get warmTitles(): TitleId[] {
    return this.#warm.filter(({ warmth }) => warmth !== 'cold').map(({ title }) => title.id);
  }

  /** Containers that wait, ready or not yet. */
  get waiting(): { title: LoadedTitle; container: Container; warmth: Warmth }[] {
    return this.#warm;
  }

  /**
   * A container for the title, warm if there is one; undefined when all slots are used. Give it back with `release`.
   * Without `startTitle` the title waits for `run`; where it had been started for nobody, it will start anew.
   */
  async take(title: LoadedTitle, startTitle = true): Promise<TakenSlot | undefined> {
    if (this.free <= 0) return undefined;
    this.#used += 1;
    try {
      const warm = await this.#takeWarm(title, startTitle);
      if (warm !== undefined) return warm;
      if (this.#warm.length > this.free) this.#retire(this.#warm.pop());
      return { container: await this.#start(title, { startTitle }), warmth: 'cold' };
    } catch (error) {
      this.#used -= 1;
      throw error;
    }
  }

  /** The warmest of the title's slots; one that fails while it is taken is none. */
  async #takeWarm(title: LoadedTitle, startTitle: boolean): Promise<TakenSlot | undefined> {
    const alive = this.#warm.filter((slot) => slot.title.id === title.id && !slot.container.failing);
    const slot = alive.find(({ warmth }) => warmth !== 'cold') ?? alive[0];
    if (slot === undefined) return undefined;
    this.#warm.splice(this.#warm.indexOf(slot), 1);
    slot.leave();
    const { container, warmth } = slot;
    await container.leaveBackground();
    if (container.failing) return undefined;
    this.#onChange();
    if (!startTitle) {
      container.stopTitle();
      return { container, warmth: warmth === 'title' ? 'display' : warmth };
    }
    // A paused title waits until its player watches: its first moments would otherwise compete with the launch.
    if (warmth !== 'title') await container.run();
    return { container, warmth };
  }

  /** A session ended; its container is gone or going. */
  release(): void {
    this.#used -= 1;
    this.#onChange();
    this.refill();
  }

  /** Starts what is missing of the warm slots, one at a time, in the background. */
  refill(): void {
    if (this.#closed || this.#warming !== undefined || this.free <= this.#warm.length) return;
    const { warm: wishes, mayWarm } = this.#settings;
    const wanted = nextToWarm(
      wishes,
      this.#warm.map(({ title }) => title.id),
      this.#resting,
    );
    const title = wanted === undefined ? undefined : this.#titleOf(wanted);
    if (title === undefined || !mayWarm(title)) return;
    this.#warming = this.#warmUp(title)
      .catch((error: unknown) => {
        this.#log.warn({ title: title.id, error: String(error) }, 'warm slot did not start');
        this.#settings.onTrouble(`A warm slot for ${title.name} did not start: ${String(error)}`);
        this.#rest(title.id);
      })
      .finally(() => {
        this.#warming = undefined;
        this.refill();
      });
  }

  /** Lets go of what waits: the machine is to become free. */
  coolDown(): void {
    this.#coolings += 1;
    for (const slot of this.#warm.splice(0)) this.#retire(slot);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.coolDown();
    await this.#warming;
    await Promise.all(this.#leaving);
  }

  #start(title: LoadedTitle, how: { startTitle: boolean; inBackground?: boolean }): Promise<Container> {
    return Container.start(title, {
      scratch: this.#settings.scratch,
      bitrateKbps: this.#settings.bitrateKbps,
      ...this.#settings.drawing?.(),
      ...(this.#settings.encoders === undefined ? {} : { encoders: this.#settings.encoders }),
      sandbox: this.#settings.sandbox,
      native: this.#settings.native,
      onTrouble: (words) => {
        this.#log.warn({ title: title.id }, words);
        this.#settings.onTrouble(`${title.name}: ${words}`);
      },
      ...how,
    });
  }

  async #warmUp(title: LoadedTitle): Promise<void> {
    const keep = title.warm.keep;
    const coolings = this.#coolings;
    const container = await this.#start(title, { startTitle: keep === 'title', inBackground: true });
    if (this.#closed || coolings !== this.#coolings) return container.close();
    const left = Promise.withResolvers<void>();
    const slot: WarmSlot = { title, container, warmth: 'cold', leave: left.resolve };
    this.#warm.push(slot);
    const ready = new Promise<void>((resolve) => {
      container.listen({
        message: (message) => {
          if (keep === 'title' ? message.type === 'stage' && message.stage === 'drawn' : message.type === 'prepared')
            resolve();
        },
        failed: ({ reason, detail }) => this.#lost(slot, `${reason}: ${detail}`),
      });
    });
    await Promise.race([ready, left.promise]);
    if (keep === 'title' && this.#warm.includes(slot)) {
      await Promise.race([container.pause(), left.promise]);
    }
    if (!this.#warm.includes(slot)) return;
    await container.leaveBackground();
    slot.warmth = keep;
    this.#onChange();
    this.#log.info({ title: title.id, keep }, 'warm slot ready');
  }

  #lost(slot: WarmSlot, why: string): void {
    const index = this.#warm.indexOf(slot);
    if (index >= 0) this.#warm.splice(index, 1);
    slot.leave();
    this.#onChange();
    this.#log.warn({ title: slot.title.id, why }, 'warm slot lost');
    this.#settings.onTrouble(`A warm slot for ${slot.title.name} was lost (${why}); another is tried.`);
    this.#rest(slot.title.id);
  }

  #rest(id: TitleId): void {
    this.#resting.add(id);
    const rested = () => {
      this.#resting.delete(id);
      this.refill();
    };
    setTimeout(rested, REFILL_AFTER_FAILURE_MS).unref();
  }

  #retire(slot: WarmSlot | undefined): void {
    if (slot === undefined) return;
    slot.leave();
    const gone = slot.container.close().finally(() => this.#leaving.delete(gone));
    this.#leaving.add(gone);
    this.#onChange();
  }
}
