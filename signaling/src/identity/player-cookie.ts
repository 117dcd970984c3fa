import { newPlayerId, PlayerId } from '@kilat/shared/ids';
import { parseCookie, stringifySetCookie } from 'cookie';
import { readToken, signToken } from './signed-token.ts';

const NAME = 'kilat_player';
/** Browsers cap cookies at 400 days. */
const LIFE_SECONDS = 400 * 24 * 3600;
const RENEW_AFTER_SECONDS = 30 * 24 * 3600;

/** Who a browser is, and the `Set-Cookie` value to send where its cookie is missing, foreign or getting old. */
export interface RecognisedPlayer {
  playerId: PlayerId;
  setCookie: string | undefined;
}

/** The player of a `Cookie` header, or a new one. `secure` says whether the page came over https. */
export async function recognisePlayer(
  secret: Uint8Array,
  cookieHeader: string | undefined,
  secure: boolean,
): Promise<RecognisedPlayer> {
  const known = await playerOf(secret, cookieHeader);
  if (known !== undefined && known.ageSeconds < RENEW_AFTER_SECONDS)
    return { playerId: known.playerId, setCookie: undefined };
  const playerId = known?.playerId ?? newPlayerId();
  const token = await signToken(secret, 'player', { sub: playerId }, LIFE_SECONDS);
  return {
    playerId,
    setCookie: stringifySetCookie({
      name: NAME,
      value: token,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
      maxAge: LIFE_SECONDS,
    }),
  };
}

/** The player a `Cookie` header proves, and the age of the proof; undefined without a valid cookie. */
export async function playerOf(
  secret: Uint8Array,
  cookieHeader: string | undefined,
): Promise<{ playerId: PlayerId; ageSeconds: number } | undefined> {
  const token = cookieHeader === undefined ? undefined : parseCookie(cookieHeader)[NAME];
  if (token === undefined) return undefined;
  const claims = await readToken(secret, 'player', token);
  const playerId = PlayerId.safeParse(claims?.sub);
  if (!playerId.success) return undefined;
  return { playerId: playerId.data, ageSeconds: Date.now() / 1000 - Number(claims?.iat ?? 0) };
}
