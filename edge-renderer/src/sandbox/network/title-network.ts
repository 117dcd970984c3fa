import { setTimeout } from 'node:timers/promises';
import { type NetworkTarget, parseNetworkTarget } from '@kilat/shared/title/network-target';
import type { LoadedTitle } from '@kilat/titles/load';
import { isPrivileged, relayUid } from '../privileges.ts';
import type { SandboxChoice } from '../sandbox.ts';
import type { AllowedHost } from './allowed-hosts.ts';
import { enterWords } from './enter.ts';
import { HeldNamespaces, type NamespacePaths } from './held-namespaces.ts';
import type { RelayBounds } from './messages.ts';
import { type NetworkPlan, networkPlan } from './plan.ts';
import { RelayProcess } from './relay-process.ts';
import { PATIENCE, type Patience, Replacements } from './replacement.ts';

/** What a sandbox must know to put a title into a network made for it. */
export interface JoinedNetwork extends NamespacePaths {
  /** Lines of the title's hosts file. */
  hosts: string;
}

export interface NetworkWish {
  targets: readonly NetworkTarget[];
  allowed: AllowedHost[];
  bounds?: Partial<RelayBounds>;
  patience?: Partial<Patience>;
}

const BOUNDS: RelayBounds = {
  connections: 128,
  flows: 128,
  // Two minutes is what games may expect of a home's router (RFC 4787).
  flowIdleMs: 120_000,
  connectMs: 15_000,
  halfClosedMs: 60_000,
};

/**
 * A network namespace with nothing in it but loopback, and the relay that stands for the title's targets there. Owned by a
 * session process; both end with it. A relay that dies is replaced in the same namespace: what was connected is cut.
 */
export class TitleNetwork {
  readonly #plan: NetworkPlan;
  readonly #wish: NetworkWish;
  readonly #patience: Patience;
  readonly #say: (words: string) => void;
  readonly #closing = new AbortController();
  #relay: RelayProcess | undefined;
  #namespaces: HeldNamespaces | undefined;
  /** It can be joined, everything is listened for. Rejects with `NetworkUnavailableError`, also when it is closed before. */
  readonly ready: Promise<void>;

  /** Begins to open it. `say` gets sentences for the operator. */
  constructor(wish: NetworkWish, say: (words: string) => void) {
    this.#wish = wish;
    this.#plan = networkPlan(wish.targets);
    this.#patience = { ...PATIENCE, ...wish.patience };
    this.#say = say;
    const relay = this.#startRelay();
    this.ready = relay.ready;
    this.ready.then(
      () => this.#keepServed(relay),
      () => {},
    );
  }

  /** One that is ready. Throws `NetworkUnavailableError`. */
  static async open(wish: NetworkWish, say: (words: string) => void): Promise<TitleNetwork> {
    const network = new TitleNetwork(wish, say);
    try {
      await network.ready;
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
  }

  get joined(): JoinedNetwork {
    if (this.#namespaces === undefined) throw new Error('no network was made');
    return { ...this.#namespaces.paths, hosts: this.#plan.hosts };
  }

  /** The relay's process, while one lives. */
  get relayPid(): number | undefined {
    return this.#relay?.pid;
  }

  /** Cuts what is connected; nobody can join any more. Also while it opens. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#relay?.close();
    this.#namespaces?.close();
    this.#namespaces = undefined;
  }

  /** Into a new network, or into the one an earlier relay made. */
  #startRelay(): RelayProcess {
    const order = {
      plan: this.#plan,
      allowed: this.#wish.allowed,
      bounds: { ...BOUNDS, ...this.#wish.bounds },
      enter: this.#namespaces === undefined ? makeWords() : enterWords(this.joined),
      become: isPrivileged() ? relayUid() : undefined,
    };
    const relay = new RelayProcess(order, this.#patience.readyMs, {
      hold: (namespaces) => {
        if (!this.#closing.signal.aborted) this.#namespaces ??= new HeldNamespaces(namespaces);
      },
      say: this.#say,
    });
    this.#relay = relay;
    void relay.gone.then(() => {
      if (this.#relay === relay) this.#relay = undefined;
    });
    return relay;
  }

  /** Until it is closed, or relays die too often. */
  async #keepServed(first: RelayProcess): Promise<void> {
    const replacements = new Replacements(this.#patience);
    const { signal } = this.#closing;
    let servedMs = await this.#serves(first);
    while (!signal.aborted) {
      const pauseMs = replacements.next(servedMs);
      if (pauseMs === undefined) return this.#say('Its network’s relay died too often: it has no network any more.');
      await setTimeout(pauseMs, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return;
      let relay: RelayProcess | undefined;
      try {
        relay = this.#startRelay();
        await relay.ready;
        this.#say('Its network’s relay died; what was connected is cut, and another relay takes new connections.');
        servedMs = await this.#serves(relay);
      } catch (error) {
        await relay?.gone;
        servedMs = 0;
        if (!signal.aborted)
          this.#say(`Its network’s relay died, and another did not start: ${(error as Error).message}.`);
      }
    }
  }

  /** How long it did until its end, ms. */
  async #serves(relay: RelayProcess): Promise<number> {
    const sinceMs = performance.now();
    await relay.gone;
    return performance.now() - sinceMs;
  }
}

/** Begins to open the network of a title whose manifest names hosts; none for others, and where nothing shuts titles in. */
export function titleNetwork(
  title: LoadedTitle,
  sandbox: SandboxChoice,
  say: (words: string) => void,
): TitleNetwork | undefined {
  const targets = (title.sandbox?.network ?? []).flatMap((text) => parseNetworkTarget(text) ?? []);
  if (targets.length === 0 || sandbox.name === 'none') return undefined;
  return new TitleNetwork({ targets, allowed: sandbox.network }, say);
}

/** Words before a command that put it into a new network. Without root a user namespace gives the right to make one. */
const makeWords = (): string[] =>
  isPrivileged() ? ['unshare', '--net', '--'] : ['unshare', '--user', '--map-root-user', '--net', '--'];
