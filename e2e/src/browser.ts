import { networkInterfaces } from 'node:os';
import { type Browser, chromium } from 'playwright-core';
import { findProgram } from '../../scripts/setup/find-program.mjs';
import { BROWSERS } from '../../scripts/setup/package-groups.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** Without another interface Chromium offers no candidate that could reach an edge on the loopback. */
const ALONE = '--allow-loopback-in-peer-connection';

/** The machine's own Chromium, out of sight, with sound. `env` is added to this process's. */
export function launchBrowser({
  flags = [],
  env = {},
}: {
  flags?: string[];
  env?: Record<string, string>;
} = {}): Promise<Browser> {
  const executablePath = BROWSERS.map((name) => (name === '' ? undefined : findProgram(name))).find(
    (path) => path !== undefined,
  );
  if (executablePath === undefined) throw new Error('no Chromium here; run: npm test -- --setup-only');
  const isAlone = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .every(({ internal }) => internal);
  return chromium.launch({
    executablePath,
    headless: true,
    args: [...FLAGS, ...(isAlone ? [ALONE] : []), ...flags],
    env: { ...inherited(), ...env },
    // A muted browser decodes no sound.
    ignoreDefaultArgs: ['--mute-audio'],
    // Whoever launched it closes it; a browser that is gone at once leaves its callers waiting.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
