import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { probeShown, samplerContext } from './browser.ts';
import { OwnedProcess } from './owned-process.ts';
import type { OpenProduct, Product, Variant } from './product.ts';
import { VncServer } from './vnc-server.ts';

const CANVAS = '#noVNC_container canvas';

export interface NovncOptions {
  browser: Browser;
  novncFolder: string;
  repository: string;
}

/** TigerVNC, websockify and noVNC as Debian ships them: the public yardstick, on the same probe in the same browser. */
export class Novnc implements Product {
  readonly name = 'novnc';
  readonly #options: NovncOptions;

  constructor(options: NovncOptions) {
    this.#options = options;
  }

  async open(variant: Variant): Promise<OpenProduct> {
    const { browser, novncFolder, repository } = this.#options;
    const server = await VncServer.start(novncFolder);
    const args = [join(repository, 'titles/src/probe/probe.ts'), ...(variant === 'moving' ? ['--moving'] : [])];
    const probe = new OwnedProcess(process.execPath, args, { env: { DISPLAY: server.display } });
    const context = await samplerContext(browser, CANVAS);
    const close = async () => {
      await context.close();
      await probe.close();
      await server.close();
    };
    try {
      const page = await context.newPage();
      await page.goto(`${server.url}/vnc.html?autoconnect=1&resize=off&reconnect=0`);
      await probeShown(page);
      return {
        page,
        pause: () => probe.signal('SIGSTOP'),
        resume: () => probe.signal('SIGCONT'),
        processorTime: () => server.processorTime(),
        close,
      };
    } catch (error) {
      await close();
      throw new Error(`noVNC did not show the probe (${probe.output.trim() || 'the probe said nothing'})`, {
        cause: error,
      });
    }
  }
}
