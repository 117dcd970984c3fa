import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const SECRET_BYTES = 32;

/** The Indexer's own key for signing cookies and tokens (HS256), made once; the file is readable by its owner only. */
export async function readOrCreateSecret(file: string): Promise<Uint8Array> {
  return (await readSecret(file)) ?? (await createSecret(file));
}

async function readSecret(file: string): Promise<Uint8Array | undefined> {
  try {
    const secret = await readFile(file);
    if (secret.length !== SECRET_BYTES)
      throw new Error(`${file} does not hold ${SECRET_BYTES} bytes; remove it to get a new secret`);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Server and `npm run enrol` may create it at the same time: a link appears whole or not at all, and the first wins. */
async function createSecret(file: string): Promise<Uint8Array> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const secret = randomBytes(SECRET_BYTES);
  try {
    await writeFile(draft, secret, { mode: 0o600, flag: 'wx' });
    await chmod(draft, 0o600);
    await link(draft, file);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const existing = await readSecret(file);
    if (existing === undefined) throw error;
    return existing;
  } finally {
    await rm(draft, { force: true });
  }
}
