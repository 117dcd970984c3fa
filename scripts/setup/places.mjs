import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Root of the checkout. */
export const repository = resolve(import.meta.dirname, '../..');

/** Node and media worker, shared by every checkout of this user: `KILAT_CACHE`, else `~/.cache/kilat`. */
export const cache = resolve(process.env.KILAT_CACHE || join(homedir(), '.cache', 'kilat'));

/** Database, keys, logs and scratch of a running Kilat: `KILAT_DATA`, else `.kilat` in the checkout. */
export const data = resolve(repository, process.env.KILAT_DATA || '.kilat');
