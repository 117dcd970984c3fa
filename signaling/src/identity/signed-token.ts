import { errors, jwtVerify, SignJWT } from 'jose';

const ISSUER = 'kilat-indexer';

/** What a token is for; a token of one kind never passes as another. */
export type TokenKind = 'player' | 'resume' | 'enrolment';

/** Signs claims as a compact JWT (HS256) that expires after `lifeSeconds`. */
export function signToken(
  secret: Uint8Array,
  kind: TokenKind,
  claims: Record<string, string>,
  lifeSeconds: number,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(ISSUER)
    .setAudience(kind)
    .setIssuedAt(now)
    .setExpirationTime(now + lifeSeconds)
    .sign(secret);
}

/** The claims of a token we signed, still valid and of this kind; else undefined. */
export async function readToken(
  secret: Uint8Array,
  kind: TokenKind,
  token: string,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'], issuer: ISSUER, audience: kind });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
