import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { aBlock, aResult } from './a-result.ts';
import { figures } from './figures.ts';
import { plots } from './plots.ts';
import { terminalTable } from './terminal.ts';
import { writeReport } from './write.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

test('a run leaves its raw samples and one page that needs nothing from elsewhere', async () => {
  const results = await mkdtemp(join(tmpdir(), 'bench-results-'));
  folders.push(results);
  const folder = await writeReport(aResult(), results);
  expect(folder).toMatch(/20261123-031551-0123456789ab-changed$/);
  expect(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).toEqual(aResult());
  const page = await readFile(join(folder, 'report.html'), 'utf8');
  expect(page).not.toMatch(/(src|href)="/);
  expect(page).toContain('A &lt;fast&gt; one');
  expect(page).toContain('Input → photon, still screen');
});

test('a run that was stopped says so and shows what it has', async () => {
  const results = await mkdtemp(join(tmpdir(), 'bench-results-'));
  folders.push(results);
  const result = aResult({
    stopped: 'Ctrl-C',
    blocks: [aBlock('kilat', 'still', [14])],
    silences: [],
    launches: [],
    clicks: [],
  });
  const page = await readFile(join(await writeReport(result, results), 'report.html'), 'utf8');
  expect(page).toContain('This run ended early: Ctrl-C');
});

test('the table on the terminal is aligned and names goal and verdict', () => {
  const lines = terminalTable(figures(aResult())).split('\n');
  const still = lines.find((line) => line.startsWith('input → photon, still'));
  expect(still).toMatch(/15\.5 \/ 16\.9 \/ 17\.0 +31\.0 \/ 33\.7 \/ 33\.9 +≤ 16 \/ 21 +2\.0 +yes$/);
  expect(lines.find((line) => line.startsWith('click → title drawn, cold'))).toMatch(/NO$/);
});

test('a distribution rises from nothing to everything', () => {
  const plot = plots(aResult()).curves.find(({ title }) => title === 'Input → photon, still screen');
  expect(plot?.names).toEqual(['kilat (n = 4)', 'novnc (n = 4)']);
  expect(plot?.columns[1]?.[0]).toBe(0);
  expect(plot?.columns.slice(1).map((column) => column.at(-1))).toEqual([100, 100]);
});

test("a launch's stages follow each other to the drawn title", () => {
  const stack = plots(aResult()).stacks.find(({ title }) => title.includes('launch'));
  expect(stack?.bars[0]?.parts).toEqual([
    { name: 'asking', value: 40 },
    { name: 'connecting', value: 160 },
    { name: 'first-frame', value: 100 },
    { name: 'drawn', value: 20 },
  ]);
});
