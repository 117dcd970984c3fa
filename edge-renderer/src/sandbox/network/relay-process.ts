import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { NamespacePaths } from './held-namespaces.ts';
import type { FromRelay, NetworkTally, RelayOrder, ToRelay } from './messages.ts';

const CLOSE_MS = 500;
/** What passes through is garbage at once; collected early, it takes little room. */
const SMALL = ['--max-semi-space-size=1', '--max-old-space-size=64'];

/** No network could be made for a title; `message` is a sentence. */
export class NetworkUnavailableError extends Error {
  constructor(why: string) {
    super(`no network could be made for the title: ${why}`);
    this.name = 'NetworkUnavailableError';
  }
}

export interface RelayListener {
  /** The title's namespaces are there; for as long as this takes they stay. Throwing ends the relay. */
  hold(namespaces: NamespacePaths): void;
  /** A sentence for the operator. */
  say(words: string): void;
}

/** One relay, from its start to its end. It ends with this process. */
export class RelayProcess {
  readonly #child: ChildProcess;
  #isReady = false;
  /** Everything is listened for. Rejects with `NetworkUnavailableError`; the relay is being killed then. */
  readonly ready: Promise<void>;
  /** Resolves when it is over, also where it never began. */
  readonly gone: Promise<void>;

  constructor(order: RelayOrder, readyMs: number, listener: RelayListener) {
    // As root it may do all that its edge may until it has its sockets; nothing may ever give it more.
    const never = order.become === undefined ? [] : ['--no-new-privs'];
    this.#child = fork(join(import.meta.dirname, 'relay.ts'), [JSON.stringify(order)], {
      execPath: 'setpriv',
      execArgv: ['--pdeathsig', 'KILL', ...never, '--', process.execPath, ...SMALL],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.gone = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      // A program that is not there has no exit.
      this.#child.once('error', () => this.#child.pid === undefined && resolve());
    });
    this.ready = this.#becomesReady(readyMs, listener);
    this.ready.catch(() => this.#child.kill('SIGKILL'));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Cuts what is connected. One that is not ready yet has nothing to say at its end. Idempotent. */
  async close(): Promise<void> {
    if (this.#isReady) this.#tell({ type: 'close' });
    else this.#child.kill('SIGKILL');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_MS);
    await this.gone;
    clearTimeout(late);
  }

  #becomesReady(readyMs: number, { hold, say }: RelayListener): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (why: string) => reject(new NetworkUnavailableError(why));
      const late = setTimeout(() => refuse('its relay did not get ready'), readyMs);
      void this.gone.then(() => clearTimeout(late));
      // Also EPIPE while it goes; its exit is what counts then.
      this.#child.on('error', (error) => refuse(error.message));
      this.#child.once('exit', (code, signal) => refuse(`its relay ended (${signal ?? code})`));
      this.#child.on('message', (message: FromRelay) => {
        switch (message.type) {
          case 'listening':
            try {
              hold(message.namespaces);
            } catch (error) {
              // It died in between, and its paths with it.
              return refuse((error as Error).message);
            }
            return this.#tell({ type: 'held' });
          case 'ready':
            clearTimeout(late);
            this.#isReady = true;
            return resolve();
          case 'failed':
            return refuse(message.why);
          case 'trouble':
            return say(message.words);
          case 'closed':
            if (isRemarkable(message.tally)) say(tallyWords(message.tally));
        }
      });
    });
  }

  /** One that is just dying does not hear it, which its exit tells. */
  #tell(message: ToRelay): void {
    this.#child.send(message, () => {});
  }
}

const isRemarkable = ({ refused, failed, dropped }: NetworkTally): boolean => refused + failed + dropped > 0;

function tallyWords({ connections, flows, refused, failed, dropped }: NetworkTally): string {
  return `Its network: ${connections} connections and ${flows} UDP flows were made, ${refused} refused, ${failed} not reached, ${dropped} over a bound.`;
}
