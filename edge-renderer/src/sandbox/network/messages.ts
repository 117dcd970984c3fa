import type { NetworkTarget } from '@kilat/shared/title/network-target';
import type { AllowedHost } from './allowed-hosts.ts';
import type { NamespacePaths } from './held-namespaces.ts';
import type { NetworkPlan } from './plan.ts';

/** What a relay is told at its start, as JSON in its first argument. */
export interface RelayOrder {
  plan: NetworkPlan;
  allowed: AllowedHost[];
  bounds: RelayBounds;
  /** Words that put a program into the title's network: into a new one, or into the one an earlier relay made. */
  enter: string[];
  /** The user it becomes once it has its sockets, where it is root's. */
  become: number | undefined;
}

/** How much of the edge one title may keep busy. */
export interface RelayBounds {
  /** TCP connections at a time. */
  connections: number;
  /** UDP flows (a port of the title and a target) at a time; the one idle longest gives way. */
  flows: number;
  /** A flow without a datagram for this long is over. */
  flowIdleMs: number;
  connectMs: number;
  /** A connection closed by one side and silent on the other for this long is over. */
  halfClosedMs: number;
}

/** What a binder is told, as JSON in its first argument: addresses for the loopback interface, and where to listen. */
export interface BinderOrder {
  addresses: string[];
  listeners: { protocol: NetworkTarget['protocol']; address: string; port: number }[];
}

/** Binder → relay; `bound` brings the listening socket along. */
export type FromBinder =
  | { type: 'bound'; place: number }
  | { type: 'unbound'; place: number; why: string }
  | { type: 'failed'; why: string }
  | { type: 'done' };

/** What a title did with its network. */
export interface NetworkTally {
  connections: number;
  flows: number;
  /** Led to an address titles may not be connected to. */
  refused: number;
  /** Its host was not there, or did not answer. */
  failed: number;
  /** Over a bound. */
  dropped: number;
}

/** Session process → relay. */
export type ToRelay =
  /** The title's namespaces are held: its rights are not needed any more. */
  { type: 'held' } | { type: 'close' };

/** Relay → session process. */
export type FromRelay =
  /** Everything is listened for. Paths of the title's namespaces, which others may open until it was told `held`. */
  | { type: 'listening'; namespaces: NamespacePaths }
  /** It has given up its rights. */
  | { type: 'ready' }
  | { type: 'failed'; why: string }
  /** Something an operator should know, once for each cause, in plain words. */
  | { type: 'trouble'; words: string }
  | { type: 'closed'; tally: NetworkTally };
