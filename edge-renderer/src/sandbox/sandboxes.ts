import { Bubblewrap } from './bubblewrap.ts';
import { Docker } from './docker.ts';
import { Oci } from './oci.ts';
import { Pod } from './pod.ts';
import { Podman } from './podman.ts';
import type { Sandbox, SandboxName } from './sandbox.ts';
import { Unsandboxed } from './unsandboxed.ts';

const SANDBOXES: Record<SandboxName, () => Sandbox> = {
  bubblewrap: () => new Bubblewrap(),
  oci: () => new Oci(),
  podman: () => new Podman(),
  docker: () => new Docker(),
  pod: () => new Pod(),
  none: () => new Unsandboxed(),
};

export const sandboxNamed = (name: SandboxName): Sandbox => SANDBOXES[name]();
