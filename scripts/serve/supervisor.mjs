import { setTimeout as sleep } from 'node:timers/promises';
import { restartDelayMs } from './restart-policy.mjs';
import { startServer } from './server-process.mjs';

/** @typedef {import('./server-process.mjs').ServerProgram} ServerProgram */

/**
 * Keeps one program running: starts it again when it dies, with one line for each death, until it dies too often. One
 * that ends by itself before it was ever ready is not tried again: its settings or its machine are at fault.
 * @typedef {object} Supervised
 * @property {string} name
 * @property {Promise<string>} failed resolves with a sentence when the program is given up
 * @property {() => void} becameReady
 * @property {() => Promise<void>} stop
 */

/**
 * @param {ServerProgram} program
 * @param {{ onLine: import('./server-process.mjs').OnLine, say: (sentence: string) => void }} outlet
 * @returns {Supervised}
 */
export function supervise(program, { onLine, say }) {
  const { name } = program;
  const stopping = new AbortController();
  /** @type {number[]} */
  const deathsMs = [];
  let wasReady = false;
  let current = startServer(program, onLine);

  const failed = (async () => {
    for (;;) {
      const { code, signal } = await current.ended;
      if (stopping.signal.aborted) break;
      if (!wasReady && !signal) return `The ${name} could not start.`;
      deathsMs.push(Date.now());
      const how = signal ? `was killed by ${signal}` : `ended with status ${code}`;
      const delayMs = restartDelayMs(deathsMs);
      if (delayMs === undefined) return `The ${name} ${how}, too often to start it again.`;
      say(`The ${name} ${how}; starting it again.`);
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) break;
      current = startServer(program, onLine);
    }
    return new Promise(() => {});
  })();

  return {
    name,
    failed: /** @type {Promise<string>} */ (failed),
    becameReady() {
      wasReady = true;
    },
    async stop() {
      stopping.abort();
      await current.stop();
    },
  };
}
