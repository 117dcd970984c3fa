import type { ProgramEnd } from '../process/owned-process.ts';
import type { Limits } from './limits.ts';
import type { AllowedHost } from './network/allowed-hosts.ts';
import type { JoinedNetwork } from './network/title-network.ts';

/** The ways to keep a title to itself. `none` keeps it to nothing. */
export const SANDBOX_NAMES = ['bubblewrap', 'oci', 'podman', 'docker', 'pod', 'none'] as const;
export type SandboxName = (typeof SANDBOX_NAMES)[number];

/** What an edge decided at its start: which sandbox, and what a title may ask of it. */
export interface SandboxChoice {
  name: SandboxName;
  allowed: Limits;
  /** Hosts that titles may ask for; none: no title has a network. */
  network: AllowedHost[];
}

/** One title to be run: its program, and all it may see of the host. */
export interface TitleRun {
  /** Scratch folder of the container: `home` in it is the title's home; the title sees nothing else of it unasked. */
  folder: string;
  command: string;
  args: string[];
  /** All of the program's environment but HOME and XDG_RUNTIME_DIR, which the sandbox adds. */
  env: Record<string, string>;
  nice: number;
  /** Paths of the host that it sees at the same place, read-only: its files, sockets, its X cookie. Later ones lie on top. */
  sees: string[];
  /** Devices it may open, such as a GPU's. */
  devices: string[];
  limits: Limits;
  /** Process of its X server, where that has an IPC namespace of its own; a title in it shares pictures with the server. */
  ipcOf: number | undefined;
  /** The network it is put into; none: one of its own with nothing in it. */
  network: JoinedNetwork | undefined;
}

/** A title's program and whatever it started. */
export interface SandboxedTitle {
  /** Stops every process of the title where it is, or lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Ends all of it: a request first, force after a moment. Idempotent. */
  stop(): Promise<void>;
}

/** What must be known to end a title when the process that started it is gone; kept in its container's folder. */
export interface SandboxRecord {
  sandbox: SandboxName;
  /** Name of the container, for engines that keep containers by name. */
  container: string;
  groups: string[];
  /** User id that no other program of the machine has, or null. */
  uid: number | null;
}

/** One way to run a title so that it reaches nothing of the host, of other sessions or of the network. */
export interface Sandbox {
  readonly name: SandboxName;
  /** Why it does not work on this machine, as a sentence; undefined when it does. */
  unavailable(): Promise<string | undefined>;
  /** Starts the title; `onExit` tells of an end nobody asked for, with the program's last words. */
  start(run: TitleRun, onExit: (end: ProgramEnd, lastWords: string) => void): Promise<SandboxedTitle>;
  /** Ends what only this sandbox knows how to end of a title, whose starter may be gone; groups and users are the caller's. */
  end(folder: string, record: SandboxRecord): Promise<void>;
}
