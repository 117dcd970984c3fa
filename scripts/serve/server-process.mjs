import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

/** A program that does not stop by itself within this time is killed, ms. */
const STOP_MS = 12_000;

/**
 * @typedef {object} ServerProgram
 * @property {string} name as people know it: `Indexer`, `Edge`
 * @property {string} file absolute path of its main.ts
 * @property {string} node
 * @property {NodeJS.ProcessEnv} env
 * @property {readonly string[]} [args]
 */

/**
 * One run of a server program, in a process group of its own so that a Ctrl+C reaches it through its owner, in order.
 * @typedef {object} ServerProcess
 * @property {string} name
 * @property {number} pid
 * @property {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} ended
 * @property {() => Promise<void>} stop asks it to stop, kills it when it does not, and waits
 */

/** @typedef {(line: string, isError: boolean) => void} OnLine gets each line a program writes, and whether to standard error */

/**
 * @param {ServerProgram} program
 * @param {OnLine} onLine
 * @returns {ServerProcess}
 */
export function startServer({ name, file, node, env, args = [] }, onLine) {
  const lifeline = pathToFileURL(join(import.meta.dirname, 'lifeline.mjs')).href;
  const child = spawn(node, ['--import', lifeline, file, ...args], {
    env: { ...env, KILAT_SUPERVISOR: String(process.pid) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  const out = /** @type {import('node:stream').Readable} */ (child.stdout);
  const err = /** @type {import('node:stream').Readable} */ (child.stderr);
  createInterface({ input: out }).on('line', (line) => onLine(line, false));
  createInterface({ input: err }).on('line', (line) => onLine(line, true));
  /** @type {ServerProcess['ended']} */
  const ended = new Promise((resolve) => {
    child.on('error', (error) => {
      onLine(error.message, true);
      resolve({ code: 1, signal: null });
    });
    // `exit`, not `close`: a grandchild may hold the pipes for longer. Its last lines still arrive before the next turn.
    child.on('exit', (code, signal) => setImmediate(() => resolve({ code, signal })));
  });
  return {
    name,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
