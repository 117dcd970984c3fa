import { z } from 'zod';

/** A signature is good for this long before and after its own time, ms: clocks of providers' machines differ. */
export const SIGNATURE_VALID_MS = 5 * 60_000;

/** The header that carries an edge's signature of one HTTP request. */
export const EDGE_SIGNATURE_HEADER = 'x-kilat-edge';

/**
 * What an edge says of its HTTP request: raw 32-byte Ed25519 public key, time of signing, SHA-256 of the body (hex), and
 * the signature over `edgeRequestText`; key and signature are base64url.
 */
export const EdgeSignature = z.object({
  publicKey: z.string().max(64),
  atMs: z.coerce.number().int().nonnegative(),
  bodySha256: z.string().regex(/^[0-9a-f]{64}$/),
  signature: z.string().max(128),
});
export type EdgeSignature = z.infer<typeof EdgeSignature>;

/** The text an edge signs; `path` with its query. */
export const edgeRequestText = (method: string, path: string, atMs: number, bodySha256: string): string =>
  `kilat-edge-http-v1:${method} ${path} ${atMs} ${bodySha256}`;

export const writeEdgeSignature = ({ publicKey, atMs, bodySha256, signature }: EdgeSignature): string =>
  `${publicKey} ${atMs} ${bodySha256} ${signature}`;

/** Undefined where the header is not of this form. */
export function readEdgeSignature(header: string): EdgeSignature | undefined {
  const [publicKey, atMs, bodySha256, signature] = header.split(' ');
  return EdgeSignature.safeParse({ publicKey, atMs, bodySha256, signature }).data;
}
