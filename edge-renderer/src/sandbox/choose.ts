import type { AllowedHost } from './network/allowed-hosts.ts';
import { joinsNetworks } from './network/network-refusals.ts';
import { TitleNetwork } from './network/title-network.ts';
import type { Limits } from './limits.ts';
import type { SandboxChoice, SandboxName } from './sandbox.ts';
import { sandboxNamed } from './sandboxes.ts';

/** Which one is taken where the operator does not say: inside a pod the pod's own isolation, else the quickest start. */
const PREFERENCE = ['pod', 'bubblewrap', 'oci', 'podman', 'docker'] as const;

/** No sandbox works here, or not the one that was asked for. */
export class SandboxUnavailableError extends Error {}

/** What was chosen, and, where it is no sandbox at all although nobody asked for that, why no sandbox works here. */
export interface ChosenSandbox extends SandboxChoice {
  noneWorks: string | undefined;
  /** Why no title's network can be made here, as a sentence. */
  networkUnavailable: string | undefined;
}

/**
 * Decides once, by trying: the one asked for, or for `auto` the first that works. `insidePod`: Kubernetes runs this edge.
 * `network`: hosts that titles may ask for.
 * Throws `SandboxUnavailableError`.
 */
export async function chooseSandbox(
  asked: SandboxName | 'auto',
  allowed: Limits,
  insidePod: boolean,
  network: AllowedHost[] = [],
): Promise<ChosenSandbox> {
  const { name, noneWorks } = await chooseByTrying(asked, insidePod);
  const isAsked = network.length > 0 && joinsNetworks(name);
  return { name, allowed, network, noneWorks, networkUnavailable: isAsked ? await networkTrouble() : undefined };
}

async function chooseByTrying(
  asked: SandboxName | 'auto',
  insidePod: boolean,
): Promise<Pick<ChosenSandbox, 'name' | 'noneWorks'>> {
  const unavailable = async (name: SandboxName) =>
    name === 'pod' && !insidePod ? 'this is not a Kubernetes pod' : sandboxNamed(name).unavailable();
  if (asked !== 'auto') {
    const why = await unavailable(asked);
    if (why === undefined) return { name: asked, noneWorks: undefined };
    throw new SandboxUnavailableError(
      `KILAT_EDGE_SANDBOX asks for ${asked}, which does not work here: ${why}. Mend that, or leave the setting out to take whatever works.`,
    );
  }
  const reasons = [];
  for (const name of PREFERENCE) {
    const why = await unavailable(name);
    if (why === undefined) return { name, noneWorks: undefined };
    reasons.push(why);
  }
  return { name: 'none', noneWorks: reasons.join('; ') };
}

/** Makes a network and lets it go; the machine's words where that does not work. */
async function networkTrouble(): Promise<string | undefined> {
  try {
    const network = await TitleNetwork.open({ targets: [], allowed: [] }, () => {});
    await network.close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
