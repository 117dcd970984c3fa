import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { NetworkProfile } from '@kilat/shared/network/profile';
import type { RelayLog } from './relay.ts';
import type { FromRelay, ToRelay } from './relay-process.ts';

/** The bench's hold of a relay that runs in a process of its own. */
export class Relay {
  readonly #process: ChildProcess;
  readonly port: number;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start(port: number, target: { address: string; port: number }, profile: NetworkProfile): Promise<Relay> {
    const child = fork(join(import.meta.dirname, 'relay-process.ts'), [], { serialization: 'advanced' });
    const reply = await ask(child, { type: 'start', port, target, profile });
    return new Relay(child, reply.type === 'listening' ? reply.port : port);
  }

  /** Another path from now on; the log begins anew. */
  async use(profile: NetworkProfile): Promise<void> {
    await ask(this.#process, { type: 'use', profile });
  }

  async read(): Promise<RelayLog> {
    const reply = await ask(this.#process, { type: 'read' });
    if (reply.type !== 'log') throw new Error(`the relay answered ${reply.type}`);
    return reply.log;
  }

  /** It holds nothing to be kept, and must not outlive the bench whatever it is at. */
  close(): void {
    this.#process.kill('SIGKILL');
  }
}

const ANSWER_WITHIN_MS = 10_000;

/** One question at a time; throws when it is not answered. */
async function ask(child: ChildProcess, message: ToRelay): Promise<FromRelay> {
  child.send(message);
  const answered = new AbortController();
  const signal = AbortSignal.any([answered.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('the relay ended');
  });
  try {
    const [reply] = (await Promise.race([once(child, 'message', { signal }), ended])) as [FromRelay];
    return reply;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`the relay did not answer "${message.type}" within ${ANSWER_WITHIN_MS / 1000} s`, { cause: error });
  } finally {
    ended.catch(() => {});
    answered.abort();
  }
}
