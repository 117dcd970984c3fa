import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type NetworkTarget, parseNetworkTarget } from '@kilat/shared/title/network-target';
import type { LoadedTitle } from '@kilat/titles/load';
import { isPrivileged } from '../privileges.ts';
import type { SandboxChoice } from '../sandbox.ts';
import type { AllowedHost } from './allowed-hosts.ts';
import type { FromRelay, NetworkTally, RelayBounds, RelayOrder } from './messages.ts';
import { type NetworkPlan, networkPlan } from './plan.ts';

/** What a sandbox must know to put a title into a network made for it. */
export interface JoinedNetwork {
  /** Paths of namespaces to enter; a user namespace where an edge that is not root made one to make the other. */
  network: string;
  user: string | undefined;
  /** Lines of the title's hosts file. */
  hosts: string;
}

export interface NetworkWish {
  targets: readonly NetworkTarget[];
  allowed: AllowedHost[];
  bounds?: Partial<RelayBounds>;
}

const BOUNDS: RelayBounds = {
  connections: 128,
  flows: 128,
  // Two minutes is what games may expect of a home's router (RFC 4787).
  flowIdleMs: 120_000,
  connectMs: 15_000,
  halfClosedMs: 60_000,
};
const READY_MS = 10_000;
const CLOSE_MS = 500;
/** A relay that dies before it has lived this long is not replaced. */
const LIVES_MS = 1_000;
/** What passes through is garbage at once; collected early, it takes little room. */
const SMALL = ['--max-semi-space-size=1', '--max-old-space-size=64'];

/** No network could be made for a title; `message` is a sentence. */
export class NetworkUnavailableError extends Error {
  constructor(why: string) {
    super(`no network could be made for the title: ${why}`);
    this.name = 'NetworkUnavailableError';
  }
}

/**
 * A network namespace with nothing in it but loopback, and the relay that stands for the title's targets there. Owned by a
 * session process; both end with it. A relay that dies is replaced in the same namespace: what was connected is cut.
 */
export class TitleNetwork {
  readonly #plan: NetworkPlan;
  readonly #wish: NetworkWish;
  readonly #say: (words: string) => void;
  #relay: ChildProcess | undefined;
  #namespaces: { network: number; user: number | undefined } | undefined;
  #closing = false;

  private constructor(wish: NetworkWish, say: (words: string) => void) {
    this.#wish = wish;
    this.#plan = networkPlan(wish.targets);
    this.#say = say;
  }

  /** Ready to be joined, everything listened for. `say` gets sentences for the operator. Throws `NetworkUnavailableError`. */
  static async open(wish: NetworkWish, say: (words: string) => void): Promise<TitleNetwork> {
    const network = new TitleNetwork(wish, say);
    try {
      await network.#startRelay();
    } catch (error) {
      await network.close();
      throw error;
    }
    return network;
  }

  get joined(): JoinedNetwork {
    if (this.#namespaces === undefined) throw new Error('no network was made');
    const { network, user } = this.#namespaces;
    return { network: pathOf(network), user: user === undefined ? undefined : pathOf(user), hosts: this.#plan.hosts };
  }

  /** The relay's process, while one lives. */
  get relayPid(): number | undefined {
    return this.#relay?.pid;
  }

  /** Cuts what is connected; nobody can join any more. Idempotent. */
  async close(): Promise<void> {
    this.#closing = true;
    const relay = this.#relay;
    this.#relay = undefined;
    if (relay !== undefined && relay.exitCode === null && relay.signalCode === null) {
      const gone = once(relay, 'exit');
      if (relay.connected) relay.send('close');
      if (!(await Promise.race([gone.then(() => true), setTimeout(CLOSE_MS, false)]))) relay.kill('SIGKILL');
      await gone;
    }
    const { network, user } = this.#namespaces ?? {};
    this.#namespaces = undefined;
    for (const descriptor of [network, user]) if (descriptor !== undefined) closeSync(descriptor);
  }

  async #startRelay(): Promise<void> {
    const order: RelayOrder = {
      plan: this.#plan,
      allowed: this.#wish.allowed,
      bounds: { ...BOUNDS, ...this.#wish.bounds },
      enter: this.#namespaces === undefined ? makeWords() : enterWords(this.joined),
    };
    const relay = fork(join(import.meta.dirname, 'relay.ts'), [JSON.stringify(order)], {
      execPath: 'setpriv',
      execArgv: ['--pdeathsig', 'KILL', '--', process.execPath, ...SMALL],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#relay = relay;
    let readyAtMs: number | undefined;
    const ready = Promise.withResolvers<void>();
    relay.on('error', (error) => ready.reject(new NetworkUnavailableError(error.message)));
    relay.on('exit', (code, signal) => {
      ready.reject(new NetworkUnavailableError(`its relay ended (${signal ?? code})`));
      if (this.#relay !== relay) return;
      this.#relay = undefined;
      if (readyAtMs !== undefined) this.#died(performance.now() - readyAtMs);
    });
    relay.on('message', (message: FromRelay) => {
      if (message.type === 'ready') {
        this.#namespaces ??= {
          network: openSync(message.network, 'r'),
          user: message.user === undefined ? undefined : openSync(message.user, 'r'),
        };
        readyAtMs = performance.now();
        ready.resolve();
      } else if (message.type === 'failed') ready.reject(new NetworkUnavailableError(message.why));
      else if (message.type === 'trouble') this.#say(message.words);
      else if (isRemarkable(message.tally)) this.#say(tallyWords(message.tally));
    });
    const late = setTimeout(READY_MS, undefined, { ref: false }).then(() => {
      throw new NetworkUnavailableError('its relay did not get ready');
    });
    await Promise.race([ready.promise, late]);
  }

  #died(livedMs: number): void {
    if (this.#closing) return;
    if (livedMs < LIVES_MS) return this.#say('Its network’s relay died again at once: it has no network any more.');
    this.#startRelay().then(
      () => this.#say('Its network’s relay died; what was connected is cut, and another relay takes new connections.'),
      (error: Error) => {
        if (!this.#closing) this.#say(`Its network’s relay died, and it has no network any more: ${error.message}.`);
      },
    );
  }
}

/** The network of a title whose manifest names hosts; undefined for others, and where nothing shuts titles in. */
export async function openTitleNetwork(
  title: LoadedTitle,
  sandbox: SandboxChoice,
  say: (words: string) => void,
): Promise<TitleNetwork | undefined> {
  const targets = (title.sandbox?.network ?? []).flatMap((text) => parseNetworkTarget(text) ?? []);
  if (targets.length === 0 || sandbox.name === 'none') return undefined;
  return TitleNetwork.open({ targets, allowed: sandbox.network }, say);
}

const pathOf = (descriptor: number): string => `/proc/${process.pid}/fd/${descriptor}`;

/** Words before a command that put it into a new network. Without root a user namespace gives the right to make one. */
const makeWords = (): string[] =>
  isPrivileged() ? ['unshare', '--net', '--'] : ['unshare', '--user', '--map-root-user', '--net', '--'];

/** Words before a command that put it into a network that was made. */
export const enterWords = ({ network, user }: Pick<JoinedNetwork, 'network' | 'user'>): string[] => [
  'nsenter',
  ...(user === undefined ? [] : ['--preserve-credentials', `--user=${user}`]),
  `--net=${network}`,
  '--',
];

const isRemarkable = ({ refused, failed, dropped }: NetworkTally): boolean => refused + failed + dropped > 0;

function tallyWords({ connections, flows, refused, failed, dropped }: NetworkTally): string {
  return `Its network: ${connections} connections and ${flows} UDP flows were made, ${refused} refused, ${failed} not reached, ${dropped} over a bound.`;
}
