import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { createServer } from 'vite';

// Shoots every state of the gallery, wide and on a phone:
//   node desktop/scripts/screenshots.ts FOLDER [--only PART-OF-NAME] [--size WIDTHxHEIGHT]... [--jpeg]

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    jpeg: { type: 'boolean', default: false },
    size: { type: 'string', multiple: true, default: ['1280x800', '360x740'] },
  },
});
const folder = positionals[0];
if (folder === undefined) throw new Error('Say into which folder: node desktop/scripts/screenshots.ts FOLDER');

const server = await createServer({
  configFile: resolve(import.meta.dirname, '../vite.config.ts'),
  root: resolve(import.meta.dirname, '../player'),
  server: { port: 0, host: '127.0.0.1' },
  logLevel: 'warn',
});
await server.listen();
const origin = server.resolvedUrls?.local[0];
if (origin === undefined) throw new Error('The development server has no address.');
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--hide-scrollbars',
  ],
});

try {
  await mkdir(folder, { recursive: true });
  for (const size of values.size) {
    const [width = 1280, height = 800] = size.split('x').map(Number);
    const isPhone = Math.min(width, height) < 600;
    const page = await browser.newPage({ viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone });
    const names = await stateNames(page);
    for (const name of names.filter((candidate) => candidate.includes(values.only))) {
      await shoot(page, name, join(folder, `${name}-${width}.${values.jpeg ? 'jpg' : 'png'}`));
      console.info(`${name} at ${size}`);
    }
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}

async function stateNames(page: Page): Promise<string[]> {
  await page.goto(`${origin}gallery`);
  await page.waitForSelector('li a');
  return page.$$eval('li a', (links) => links.map((link) => link.textContent ?? ''));
}

async function shoot(page: Page, name: string, path: string): Promise<void> {
  await page.goto(`${origin}gallery?state=${name}`);
  await page.waitForFunction(() =>
    document.fonts.ready.then(
      () =>
        (document.querySelector('#app')?.childElementCount ?? 0) > 0 &&
        [...document.images].every((image) => image.complete),
    ),
  );
  // The summary's code comes after the page's.
  if (name.startsWith('ended')) await page.waitForSelector('h1');
  // Longer than any transition; a launch line has moved a little by then.
  await page.waitForTimeout(450);
  await page.screenshot(values.jpeg ? { path, type: 'jpeg', quality: 72 } : { path });
}
