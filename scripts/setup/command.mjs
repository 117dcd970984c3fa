import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PlainError } from './plain-error.mjs';

/**
 * @typedef {object} CommandOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 * @property {(line: string) => void} [onLine] each line of standard output and error as it comes
 * @property {(line: string) => void} [onStatus] each line the program writes to file descriptor 3
 * @property {number} [timeoutMs] the program is killed afterwards
 */

/** Lines of output kept for the report of a failure. */
const KEPT_LINES = 400;

/**
 * Runs a program to its end, without input. `status` is null when it was killed, and -1 when it could not be started.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<{ status: number | null, output: string }>}
 */
export function tryCommand(program, args, { env, cwd, onLine, onStatus, timeoutMs } = {}) {
  return new Promise((resolve) => {
    /** @type {string[]} */
    const lines = [];
    const child = spawn(program, args, {
      env: env ?? process.env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe', onStatus ? 'pipe' : 'ignore'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: /** @type {import('node:stream').Readable} */ (stream) }).on('line', (line) => {
        lines.push(line);
        if (lines.length > KEPT_LINES) lines.shift();
        onLine?.(line);
      });
    }
    const status = /** @type {import('node:stream').Readable | null | undefined} */ (child.stdio[3]);
    if (onStatus && status) createInterface({ input: status }).on('line', onStatus);
    child.on('error', (error) => resolve({ status: -1, output: error.message }));
    child.on('close', (code) => resolve({ status: code, output: lines.join('\n') }));
  });
}

/**
 * Like `tryCommand`, but anything except status 0 is a `PlainError` that starts with `whenFailed` and shows the output's end.
 * @param {string} whenFailed
 * @param {string} program
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 */
export async function runCommand(whenFailed, program, args, options) {
  const { status, output } = await tryCommand(program, args, options);
  if (status === 0) return output;
  const shown = output.split('\n').slice(-30).join('\n');
  throw new PlainError(`${whenFailed}\n${program} ${args.join(' ')} (status ${status}):\n${shown}`);
}
