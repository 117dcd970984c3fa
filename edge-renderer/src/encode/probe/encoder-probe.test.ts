import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseEncoders } from './encoder-choice.ts';
import { probeEncoders } from './encoder-probe.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-probe-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('every encoder of this host is measured with real frames, and the ladder ends on the processor', async () => {
  const measures = await probeEncoders();
  const x264 = measures.find(({ kind }) => kind === 'x264');
  if (x264?.works !== true) throw new Error(`x264 does not work: ${x264?.why}`);
  expect(x264.medianMs).toBeGreaterThan(0);
  expect(x264.p95Ms).toBeGreaterThanOrEqual(x264.medianMs);
  expect(x264.psnrDb).toBeGreaterThan(28);
  expect(x264.kbps).toBeGreaterThan(500);
  expect(chooseEncoders(measures, 60)).toContain('x264');
  // What is not there says what is missing.
  for (const measure of measures) if (!measure.works) expect(measure.why).toMatch(/device|driver|opened/);
});

test('a driver that crashes or hangs costs its own encoder only', async () => {
  const process = join(folder, 'probe.mjs');
  const works = { works: true, medianMs: 1, p95Ms: 2, psnrDb: 40, kbps: 1_000 };
  const answers = `({ nvenc: () => process.kill(process.pid, 'SIGSEGV'), vaapi: () => {} })[kind] ?? answer`;
  await writeFile(
    process,
    `process.on('message', ({ kind }) => { const answer = () => process.send({ measure: { kind, ...${JSON.stringify(works)} } }); (${answers})(); });`,
  );
  const measures = await probeEncoders({ kinds: ['nvenc', 'vaapi', 'qsv', 'x264'], process, answerMs: 1_000 });
  expect(measures).toEqual([
    { kind: 'nvenc', works: false, why: 'its driver crashed (SIGSEGV)' },
    { kind: 'vaapi', works: false, why: 'its driver hangs' },
    { kind: 'qsv', ...works },
    { kind: 'x264', ...works },
  ]);
});

test('an ffmpeg program is measured where nothing else works', async () => {
  const measures = await probeEncoders({ kinds: ['ffmpeg-x264'] });
  expect(measures).toMatchObject([{ kind: 'ffmpeg-x264', works: true }]);
});
