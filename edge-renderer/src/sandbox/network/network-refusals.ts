import { type NetworkTarget, networkTargetText, parseNetworkTarget } from '@kilat/shared/title/network-target';
import type { ExcessiveNeed } from '../limits.ts';
import type { SandboxName } from '../sandbox.ts';
import { addressReach } from './address-reach.ts';
import { type AllowedHost, isAllowed, mayReach, NETWORK_SETTING } from './allowed-hosts.ts';

/** Sandboxes whose titles can join a network that was made for them. */
const JOINING: readonly SandboxName[] = ['bubblewrap', 'oci', 'podman'];
export const joinsNetworks = (name: SandboxName): boolean => JOINING.includes(name);

/** What decides about networks on an edge. */
export interface NetworkChoice {
  name: SandboxName;
  network: AllowedHost[];
  /** Why no title's network can be made on this machine, as a sentence. */
  networkUnavailable: string | undefined;
}

/** Which hosts of a manifest this edge does not let its title reach, each with the reason; empty when it may run. */
export function networkRefusals(asked: readonly string[], choice: NetworkChoice): ExcessiveNeed[] {
  const why = asked.length === 0 ? undefined : impossible(choice);
  return asked.flatMap((text, place): ExcessiveNeed[] => {
    const target = parseNetworkTarget(text);
    const refused = target === undefined ? 'which is no host and port' : (why ?? refusal(target, choice.network));
    if (refused === undefined) return [];
    return [{ field: `sandbox.network.${place}`, reason: `asks to reach ${text}; ${refused}` }];
  });
}

function impossible({ name, network, networkUnavailable }: NetworkChoice): string | undefined {
  // Without any entry the operator's answer is no anyway, and nothing was tried.
  if (network.length === 0) return `titles have no network on this edge (${NETWORK_SETTING})`;
  if (name === 'none') return undefined;
  if (!joinsNetworks(name))
    return `the sandbox ${name} cannot give a title single hosts (KILAT_EDGE_SANDBOX: bubblewrap, oci or podman can)`;
  return networkUnavailable && `this machine cannot give a title single hosts: ${networkUnavailable}`;
}

function refusal(target: NetworkTarget, allowed: readonly AllowedHost[]): string | undefined {
  if (!isAllowed(target, allowed)) {
    const list = allowed.map(allowedHostText).join(', ');
    return `this edge lets titles reach ${list} (${NETWORK_SETTING})`;
  }
  if (target.kind === 'name' || mayReach(target.host, target, allowed)) return undefined;
  if (addressReach(target.host) === 'nobody') return 'that is no single host’s address';
  return `that address is inside this machine's network, and ${NETWORK_SETTING} must name it itself: a pattern is not enough`;
}

function allowedHostText({ protocol, host, port }: AllowedHost): string {
  if (protocol === 'any') return '*';
  const [kind, number] = [host.includes(':') ? 'ipv6' : 'name', port === 'any' ? 0 : port] as const;
  return networkTargetText({ protocol, kind, host, port: number }).replace(/:0(\/udp)?$/, ':*$1');
}
