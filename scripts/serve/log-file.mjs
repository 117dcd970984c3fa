import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Pino's number for `warn`; what is less urgent is only in the file. */
const WARN = 40;

/** @typedef {(name: string, sentence: string) => void} Say gets a program's name and what it says */

/** Sentences remembered at most; afterwards one may be told twice. */
const MOST_REMEMBERED = 1_000;

/**
 * Programs that read the same files find the same faults: what one has said, the other need not repeat.
 * @param {(sentence: string) => void} say
 * @returns {Say}
 */
export function firstToSay(say) {
  /** @type {Map<string, string>} */
  const saidBy = new Map();
  return (name, sentence) => {
    const first = saidBy.get(sentence) ?? name;
    if (first !== name) return;
    if (saidBy.size >= MOST_REMEMBERED) saidBy.clear();
    saidBy.set(sentence, name);
    say(`${name}: ${sentence}`);
  };
}

/**
 * Opens a program's log; the one of the run before stays beside it as `.1`.
 * @param {string} path
 * @param {string} name the program's, for the lines shown
 * @param {Say} say gets warnings and errors
 */
export async function openLog(path, name, say) {
  await mkdir(dirname(path), { recursive: true });
  await rename(path, `${path}.1`).catch(() => {});
  const stream = createWriteStream(path);
  stream.on('error', (error) => say(name, `its log cannot be written: ${error.message}`));
  return {
    path,
    /** @type {import('./server-process.mjs').OnLine} */
    write(line, isError) {
      stream.write(`${line}\n`);
      const sentence = urgent(line, isError);
      if (sentence !== undefined) say(name, sentence);
    },
    close: () => new Promise((/** @type {(value?: undefined) => void} */ resolve) => stream.end(() => resolve())),
  };
}

/**
 * @param {string} line
 * @param {boolean} isError
 */
function urgent(line, isError) {
  if (line.trim() === '') return undefined;
  if (!line.startsWith('{')) return isError ? line : undefined;
  try {
    const { level, msg, err } = JSON.parse(line);
    return level >= WARN ? [msg, err?.message].filter(Boolean).join(': ') : undefined;
  } catch {
    return isError ? line : undefined;
  }
}
