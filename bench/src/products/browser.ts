import type { Browser, BrowserContext, Page } from 'playwright-core';
import { pageScript } from '../sampler/page-script.ts';

export const VIEWPORT = { width: 1280, height: 720 } as const;

/** A fresh profile with the sampler in every page; `selector`: where the product shows its picture. */
export async function samplerContext(browser: Browser, selector: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  await context.addInitScript({ content: await pageScript(selector) });
  return context;
}

const READY_TIMEOUT_MS = 20_000;

/** Waits until the page's picture shows the probe. */
export async function probeShown(page: Page): Promise<void> {
  // Polled slowly, from here: a poll in every animation frame would make the page render.
  for (const giveUpAt = Date.now() + READY_TIMEOUT_MS; Date.now() < giveUpAt; await page.waitForTimeout(100)) {
    if (await page.evaluate(() => globalThis.kilatBench.ready())) return;
  }
  throw new Error(`no picture of the probe at ${page.url()} after ${READY_TIMEOUT_MS / 1000} s`);
}

/** Waits until a game's first frames are decoded. */
export async function gameShown(page: Page): Promise<void> {
  const decoded = () =>
    page.evaluate(() => {
      const { kilat } = globalThis as { kilat?: { stats(): { video: { framesDecoded: number } } } };
      return kilat?.stats().video.framesDecoded ?? 0;
    });
  for (const giveUpAt = Date.now() + READY_TIMEOUT_MS; Date.now() < giveUpAt; await page.waitForTimeout(100)) {
    if ((await decoded().catch(() => 0)) > 0) return;
  }
  throw new Error(`no picture of the game at ${page.url()} after ${READY_TIMEOUT_MS / 1000} s`);
}
