import { z } from 'zod';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 100 random bits as 20 Crockford base-32 characters. */
function randomText(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(20)), (byte) => alphabet[byte & 31]).join('');
}

/** `p_` + 20 base-32 characters; names a player's browser, not a person. */
export const PlayerId = z
  .string()
  .regex(/^p_[0-9a-z]{20}$/)
  .brand<'PlayerId'>();
export type PlayerId = z.infer<typeof PlayerId>;

/** `s_` + 20 base-32 characters; one launch of one title by one player. */
export const SessionId = z
  .string()
  .regex(/^s_[0-9a-z]{20}$/)
  .brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;

/** `e_` + the first 40 hex digits of SHA-256 over the edge's raw Ed25519 public key. */
export const EdgeId = z
  .string()
  .regex(/^e_[0-9a-f]{40}$/)
  .brand<'EdgeId'>();
export type EdgeId = z.infer<typeof EdgeId>;

/** The business that runs an edge; lower-case words joined by dashes. */
export const ProviderId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .brand<'ProviderId'>();
export type ProviderId = z.infer<typeof ProviderId>;

/** A title's name in addresses and manifests; lower-case words joined by dashes. */
export const TitleId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .brand<'TitleId'>();
export type TitleId = z.infer<typeof TitleId>;

/** 20 random base-32 characters, for ids of other kinds. */
export const newIdText = randomText;

export const newPlayerId = (): PlayerId => PlayerId.parse(`p_${randomText()}`);
export const newSessionId = (): SessionId => SessionId.parse(`s_${randomText()}`);
