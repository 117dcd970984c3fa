import { createHash, createPublicKey, verify } from 'node:crypto';
import { edgeProofText } from '@kilat/shared/edge/messages';
import { EdgeId } from '@kilat/shared/ids';

export const RAW_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** What an edge's proof shows: its id, that the signature is not of this key, or that there is no key in it. */
export type ProvenEdge = { is: 'proven'; edgeId: EdgeId } | { is: 'wrong-signature' } | { is: 'no-key' };

/** Checks an Ed25519 signature over the challenge; key and signature are raw bytes as base64url. */
export function proveEdge(publicKey: string, signature: string, nonce: string): ProvenEdge {
  const rawKey = Buffer.from(publicKey, 'base64url');
  if (rawKey.length !== RAW_KEY_BYTES) return { is: 'no-key' };
  const rawSignature = Buffer.from(signature, 'base64url');
  if (rawSignature.length !== SIGNATURE_BYTES) return { is: 'wrong-signature' };
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: rawKey.toString('base64url') }, format: 'jwk' });
  if (!verify(null, Buffer.from(edgeProofText(nonce)), key, rawSignature)) return { is: 'wrong-signature' };
  return { is: 'proven', edgeId: edgeIdOf(rawKey) };
}

/** The id that follows from a raw 32-byte Ed25519 public key. */
export function edgeIdOf(rawKey: Uint8Array): EdgeId {
  return EdgeId.parse(`e_${createHash('sha256').update(rawKey).digest('hex').slice(0, 40)}`);
}
