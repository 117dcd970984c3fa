import { basename } from 'node:path';
import { type Kilat as RunningKilat, type KilatOptions, startKilat } from '@kilat/e2e/kilat';
import type { Browser, Page } from 'playwright-core';
import { familyOf, commandLine, type ProcessTimes, processTimes, readProcesses } from '../measure/processor-time.ts';
import { probeShown, samplerContext } from './browser.ts';
import type { OpenProduct, Product, Variant } from './product.ts';

export const VIDEO = 'video#stream';
const TITLES: Record<Variant, string> = { still: 'latency-probe', moving: 'latency-probe-moving' };

/** Starts Indexer and edge as `npm start` does, on ports and in a folder of their own. */
export async function startServers(options: KilatOptions): Promise<RunningKilat> {
  const servers = await startKilat({ ...options, env: { KILAT_LOG_LEVEL: 'warn', ...options.env } });
  // The watch reads all of /proc several times a second: not beside a measurement. `close` looks once more by itself.
  servers.watch.stop();
  return servers;
}

/** Kilat itself, in its own page. */
export class Kilat implements Product {
  readonly name = 'kilat';
  readonly #browser: Browser;
  readonly #servers: RunningKilat;

  constructor(browser: Browser, servers: RunningKilat) {
    this.#browser = browser;
    this.#servers = servers;
  }

  open(variant: Variant): Promise<OpenProduct> {
    return this.openTitle(TITLES[variant]);
  }

  /** Opens any title and waits for its picture: the probe's, unless told otherwise. */
  async openTitle(titleId: string, shown: (page: Page) => Promise<void> = probeShown): Promise<OpenProduct> {
    const edge = this.#servers.edge.pid;
    const context = await samplerContext(this.#browser, VIDEO);
    try {
      const page = await context.newPage();
      await page.goto(`${this.#servers.url}/play/${titleId}`);
      await shown(page);
      return {
        page,
        pause: () => signalProbes(edge, 'SIGSTOP'),
        resume: () => signalProbes(edge, 'SIGCONT'),
        processorTime: () => edgeProcessorTime(edge),
        close: async () => {
          signalProbes(edge, 'SIGCONT');
          await leave(page);
          await context.close();
        },
      };
    } catch (error) {
      await context.close();
      const log = [...this.#servers.indexer.log, ...this.#servers.edge.log].slice(-10).join('\n');
      throw new Error(`Kilat did not show ${titleId}\n${log}`, { cause: error });
    }
  }
}

/** Ends the page's session at once, so that its slot is free for the next. */
export async function leave(page: Page): Promise<void> {
  await page.goto('about:blank').catch(() => {});
}

function edgeProcessorTime(edge: number): ProcessTimes {
  return processTimes(edge, edgePart);
}

/** Which part of the edge a command line is; undefined for the title, its X server and what they start. */
export function edgePart(command: readonly string[]): string | undefined {
  if (command.some((word) => word.endsWith('edge-renderer/src/main.ts'))) return 'agent';
  if (command.some((word) => word.endsWith('session-process.ts'))) return 'session';
  const program = basename(command[0] ?? '');
  if (program === 'mediasoup-worker') return 'media worker';
  return program === 'pulseaudio' ? 'sound server' : undefined;
}

function signalProbes(edge: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const { pid } of familyOf(edge, readProcesses())) {
    if (!commandLine(pid).some((word) => word.endsWith('probe/probe.ts'))) continue;
    try {
      process.kill(pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }
}
