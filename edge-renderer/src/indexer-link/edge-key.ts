import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EdgeId } from '@kilat/shared/ids';

/** The edge's own Ed25519 key (RFC 8032), its name on the network. */
export interface EdgeKey {
  edgeId: EdgeId;
  /** Raw 32 bytes, base64url. */
  publicKey: string;
  /** Signature over UTF-8 text, base64url. */
  sign(text: string): string;
}

/** Reads the key from the folder, or makes one there (mode 0600). */
export async function loadEdgeKey(folder: string): Promise<EdgeKey> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'key.pem');
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  const privateKey = pem === undefined ? await newKey(path) : createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' }).x as string;
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
  return {
    edgeId: EdgeId.parse(`e_${digest.slice(0, 40)}`),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  };
}

async function newKey(path: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  return privateKey;
}
