import { createPublicKey, verify } from 'node:crypto';
import {
  edgeRequestText,
  type EdgeSignature,
  readEdgeSignature,
  SIGNATURE_VALID_MS,
} from '@kilat/shared/edge/signed-request';
import type { EdgeId } from '@kilat/shared/ids';
import { edgeIdOf, RAW_KEY_BYTES, SIGNATURE_BYTES } from './edge-key.ts';

/** The edge that signed this request just now, and the SHA-256 (hex) that its body must have; else undefined. */
export function edgeOfRequest(
  { method, path, header }: { method: string; path: string; header: string | undefined },
  nowMs: number,
): { edgeId: EdgeId; bodySha256: string } | undefined {
  const signed = header === undefined ? undefined : readEdgeSignature(header);
  if (signed === undefined || Math.abs(nowMs - signed.atMs) > SIGNATURE_VALID_MS) return undefined;
  return isGenuine(signed, method, path)
    ? { edgeId: edgeIdOf(Buffer.from(signed.publicKey, 'base64url')), bodySha256: signed.bodySha256 }
    : undefined;
}

function isGenuine({ publicKey, atMs, bodySha256, signature }: EdgeSignature, method: string, path: string): boolean {
  const rawKey = Buffer.from(publicKey, 'base64url');
  const rawSignature = Buffer.from(signature, 'base64url');
  if (rawKey.length !== RAW_KEY_BYTES || rawSignature.length !== SIGNATURE_BYTES) return false;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: rawKey.toString('base64url') }, format: 'jwk' });
  return verify(null, Buffer.from(edgeRequestText(method, path, atMs, bodySha256)), key, rawSignature);
}
