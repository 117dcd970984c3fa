import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../terminal/progress.mjs';
import { cache } from './places.mjs';

const path = join(cache, 'set-up.lock');
const RETRY_MS = 500;

/**
 * Lets one set-up of this user work at a time; a lock left by a dead process is taken over.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  await mkdir(cache, { recursive: true });
  let told = false;
  while (!(await take())) {
    if (!told) say('Another set-up of Kilat is running; waiting for it.');
    told = true;
    await sleep(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** @returns {Promise<boolean>} */
async function take() {
  const own = `${path}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    // Linking is atomic, and the lock has its holder's number from the start.
    await link(own, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  } finally {
    await rm(own);
  }
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  if (holder > 0 && isAlive(holder)) return false;
  await rm(path, { force: true });
  return false;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
