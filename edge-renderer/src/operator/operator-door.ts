import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** How this machine's operator reaches the running edge: kept beside its key, readable by its user alone. */
const OperatorDoor = z.object({ port: z.number().int(), pid: z.number().int(), token: z.string().min(32) });
export type OperatorDoor = z.infer<typeof OperatorDoor>;

const FILE = 'operator.json';
const TOKEN_BYTES = 32;

export const newOperatorToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

export async function writeOperatorDoor(folder: string, door: OperatorDoor): Promise<void> {
  const path = join(folder, FILE);
  // A file of an earlier run would keep its mode.
  await rm(path, { force: true });
  await writeFile(path, JSON.stringify(door), { mode: 0o600 });
}

/** Undefined where no edge of this data folder has been started. */
export async function readOperatorDoor(folder: string): Promise<OperatorDoor | undefined> {
  try {
    return OperatorDoor.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether an Authorization header carries the token; takes as long for a wrong one as for the right one. */
export function isOperator(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** A page of another site may be pointed at loopback by its name server; it still asks for its own host. */
export function isLoopbackHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}
