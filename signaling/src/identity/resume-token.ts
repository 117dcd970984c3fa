import type { PlayerId, SessionId } from '@kilat/shared/ids';
import { readToken, signToken } from './signed-token.ts';

const LIFE_SECONDS = 24 * 3600;

/** Proof that its bearer launched this session; good for 24 h. */
export function newResumeToken(secret: Uint8Array, sessionId: SessionId, playerId: PlayerId): Promise<string> {
  return signToken(secret, 'resume', { sub: playerId, sid: sessionId }, LIFE_SECONDS);
}

/** Whether the token is of this session. */
export async function ownsSession(secret: Uint8Array, token: string, sessionId: SessionId): Promise<boolean> {
  const claims = await readToken(secret, 'resume', token);
  return claims?.sid === sessionId;
}
