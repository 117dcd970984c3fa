import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = (name: string): string => fileURLToPath(new URL(`page/${name}`, import.meta.url));

interface PageFile {
  type: string;
  body: string;
}

/** The operator's page by path. Each is made once, when first asked for: most edges never show it. */
const FILES: Record<string, () => Promise<PageFile>> = {
  '/': async () => ({ type: 'text/html; charset=utf-8', body: await readFile(here('index.html'), 'utf8') }),
  '/page.css': async () => ({ type: 'text/css; charset=utf-8', body: await styles() }),
  '/page.js': async () => ({ type: 'text/javascript; charset=utf-8', body: await script() }),
};

const made = new Map<string, Promise<PageFile>>();

/** Undefined for a path that is not of the page. */
export function pageFile(path: string): Promise<PageFile> | undefined {
  const make = FILES[path];
  if (make === undefined) return undefined;
  const file = made.get(path) ?? make();
  made.set(path, file);
  file.catch(() => made.delete(path));
  return file;
}

async function styles(): Promise<string> {
  const sheets = [
    require.resolve('@kilat/shared/design/tokens.css'),
    require.resolve('uplot/dist/uPlot.min.css'),
    here('page.css'),
  ];
  return (await Promise.all(sheets.map((sheet) => readFile(sheet, 'utf8')))).join('\n');
}

async function script(): Promise<string> {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({ input: here('main.ts'), platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  await bundle.close();
  return output[0].code;
}
