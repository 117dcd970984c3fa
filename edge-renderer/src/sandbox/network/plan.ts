import type { NetworkTarget } from '@kilat/shared/title/network-target';

/** Where inside the title's network one of its targets is listened for. */
export interface Listener {
  address: string;
  target: NetworkTarget;
}

/** A title's network: addresses its loopback interface gets (`address/bits`), lines of its hosts file, and listeners. */
export interface NetworkPlan {
  addresses: string[];
  hosts: string;
  listeners: Listener[];
}

const LOOPBACK = /^127\.|^::1$/;
/** In a title's own hosts file already. */
const LOCALHOST = '127.0.0.1';

/**
 * Every name gets a loopback address of its own, 127.77.0.1 and onward, under which all its ports are found; an address
 * is its own.
 */
export function networkPlan(targets: readonly NetworkTarget[]): NetworkPlan {
  const names = [...new Set(targets.filter(({ kind }) => kind === 'name').map(({ host }) => host))].filter(
    (name) => name !== 'localhost',
  );
  const addressOf = ({ kind, host }: NetworkTarget): string => {
    if (kind !== 'name') return host;
    return host === 'localhost' ? LOCALHOST : nameAddress(names.indexOf(host));
  };
  const listeners = new Map<string, Listener>();
  for (const target of targets) {
    const address = addressOf(target);
    const key = `${target.protocol} ${address} ${target.port}`;
    if (!listeners.has(key)) listeners.set(key, { address, target });
  }
  const literals = targets.filter(({ kind, host }) => kind !== 'name' && !LOOPBACK.test(host)).map(({ host }) => host);
  const named = names.map((_, place) => nameAddress(place));
  return {
    addresses: [...named, ...new Set(literals)].map((at) => `${at}/${at.includes(':') ? 128 : 32}`),
    hosts: names.map((name, place) => `${nameAddress(place)} ${name}\n`).join(''),
    listeners: [...listeners.values()],
  };
}

const nameAddress = (place: number): string => `127.77.${place >> 8}.${(place & 255) + 1}`;
