/**
 * Whether a page of this `Origin` may open a socket: it came from this Indexer. Programs other than browsers send no
 * origin. Behind a proxy that rewrites `Host`, only the public address matches.
 */
export function isOwnOrigin(
  origin: string | undefined,
  host: string | undefined,
  publicUrl: string | undefined,
): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host: originHost, origin: exact } = new URL(origin);
  return originHost === host || (publicUrl !== undefined && exact === new URL(publicUrl).origin);
}
