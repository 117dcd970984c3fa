import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { readToken, signToken } from './signed-token.ts';

const LIFE_SECONDS = 24 * 3600;
const TokenId = z.uuid();

/** A token that lets one new edge in, within 24 h; that it serves once is the store's knowledge. */
export function newEnrolmentToken(secret: Uint8Array): Promise<string> {
  return signToken(secret, 'enrolment', { jti: randomUUID() }, LIFE_SECONDS);
}

/** The token's own id where it is ours and still valid. */
export async function enrolmentTokenId(secret: Uint8Array, token: string): Promise<string | undefined> {
  const claims = await readToken(secret, 'enrolment', token);
  return TokenId.safeParse(claims?.jti).data;
}
