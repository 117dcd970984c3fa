import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { isIPv6 } from 'node:net';
import { type NetworkTarget, networkTargetText } from '@kilat/shared/title/network-target';
import { addressReach, ownSubnets } from './address-reach.ts';
import { type AllowedHost, isAllowed, mayReach, NETWORK_SETTING } from './allowed-hosts.ts';

/** A target that leads where titles must not be connected to; `message` is a sentence for the operator. */
export class RefusedTargetError extends Error {}

/** Questions under way: a title that calls again and again must not make each call another one. */
const asked = new Map<string, Promise<LookupAddress[]>>();

function addressesOf(name: string): Promise<LookupAddress[]> {
  const underWay = asked.get(name);
  if (underWay !== undefined) return underWay;
  const answer = lookup(name, { all: true }).finally(() => asked.delete(name));
  asked.set(name, answer);
  return answer;
}

/**
 * Addresses a target leads to now, without those a title must not be connected to. Asked anew for each connection, and the
 * connection goes to what was looked at, never to the name again: a name may change in between. Throws
 * `RefusedTargetError` where none is left, the resolver's error where there is none.
 */
export async function reachableAddresses(
  target: NetworkTarget,
  allowed: readonly AllowedHost[],
): Promise<LookupAddress[]> {
  const text = networkTargetText(target);
  if (!isAllowed(target, allowed)) throw new RefusedTargetError(`${text} is not in ${NETWORK_SETTING}.`);
  const found =
    target.kind === 'name'
      ? await addressesOf(target.host)
      : [{ address: target.host, family: isIPv6(target.host) ? 6 : 4 }];
  const own = ownSubnets();
  const reachable = found.filter(({ address }) => mayReach(address, target, allowed, addressReach(address, own)));
  if (reachable.length > 0) return reachable;
  const all = found.map(({ address }) => address).join(' and ');
  throw new RefusedTargetError(
    `${text} leads to ${all}, inside this machine's network. Where it may, name that address too in ${NETWORK_SETTING}.`,
  );
}
