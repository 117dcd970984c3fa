import { isPrivileged } from './privileges.ts';
import type { SandboxName } from './sandbox.ts';

/** Sandboxes whose titles can share an IPC namespace with their X server. */
const SHARING: readonly SandboxName[] = ['bubblewrap', 'oci', 'podman'];
export const sharesIpc = (name: SandboxName): boolean => SHARING.includes(name) && isPrivileged();
