import { type NetworkTarget, parseHost } from '@kilat/shared/title/network-target';
import { type AddressReach, addressReach } from './address-reach.ts';

/** One entry of an operator's list. `host`: `*`, `*.` and a domain, a name, or an address in its shortest form. */
export interface AllowedHost {
  protocol: NetworkTarget['protocol'] | 'any';
  host: string;
  port: number | 'any';
}

export const NETWORK_SETTING = 'KILAT_EDGE_TITLE_NETWORK';

/** Whether the operator lets titles ask for a host and port. */
export const isAllowed = (target: NetworkTarget, allowed: readonly AllowedHost[]): boolean =>
  allowed.some((entry) => covers(entry, target) && coversHost(entry.host, target));

/**
 * Whether a title may be connected to an address its target stands for. Public ones it may; one inside only where the
 * operator's list names that very address: whoever owns a name may let it lead anywhere, at any time. A name's or a
 * pattern's entry is therefore not enough.
 */
export function mayReach(
  address: string,
  target: NetworkTarget,
  allowed: readonly AllowedHost[],
  reach: AddressReach = addressReach(address),
): boolean {
  if (reach !== 'inside') return reach === 'public';
  const host = parseHost(address)?.host;
  return allowed.some((entry) => covers(entry, target) && entry.host === host);
}

function covers({ protocol, port }: AllowedHost, target: NetworkTarget): boolean {
  return (protocol === 'any' || protocol === target.protocol) && (port === 'any' || port === target.port);
}

function coversHost(pattern: string, { kind, host }: NetworkTarget): boolean {
  if (pattern === '*' || pattern === host) return true;
  return kind === 'name' && pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
}
