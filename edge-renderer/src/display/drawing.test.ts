import { expect, test } from 'vitest';
import { findProgram } from '../process/find-program.ts';
import { chooseSandbox } from '../sandbox/choose.ts';
import { machineAllowance } from '../sandbox/limits.ts';
import { chooseDrawing, type Drawing, DrawingWatch, tryGlx } from './drawing.ts';
import { nvidiaGpu } from './gpu-display.ts';

const PATH = process.env.PATH ?? '';
const gpu = { name: 'nvidia', busId: 'PCI:1@0:0:0' } as const;
const { name: sandbox } = await chooseSandbox('auto', machineAllowance(), false);
const needsGlxinfo = test.skipIf(findProgram('glxinfo', PATH) === undefined);

needsGlxinfo('a title in its sandbox opens OpenGL on its display, and who draws is known', async () => {
  const found = await tryGlx(sandbox, {});
  expect(found).toMatchObject({ vendor: expect.any(String), renderer: expect.stringMatching(/llvmpipe|softpipe/) });
});

needsGlxinfo('OpenGL that does not open is told in its own words', async () => {
  expect(await tryGlx(sandbox, { DISPLAY: ':9999' })).toEqual({ why: expect.stringContaining(':9999') });
});

test.skipIf(nvidiaGpu() !== undefined)(
  'a GPU that titles cannot use leaves the drawing to the processor, and says why',
  async () => {
    const drawing = await chooseDrawing('auto', sandbox, PATH, gpu);
    expect(drawing).toMatchObject({ by: 'the processor', titleEnv: {}, gpu: undefined });
    expect(drawing.trouble).toMatch(/^An NVIDIA GPU is here, but titles' OpenGL is drawn by the processor: .+\.$/);
  },
);

test.skipIf(nvidiaGpu() === undefined)('titles draw on this machine’s GPU', async () => {
  const drawing = await chooseDrawing('auto', sandbox, PATH);
  expect(drawing).toMatchObject({ by: expect.stringContaining('NVIDIA'), trouble: undefined });
});

test('what is missing to try a GPU is named; told to leave it, nothing is tried', async () => {
  expect((await chooseDrawing('auto', sandbox, '/nowhere', gpu)).trouble).toContain('apt-get install mesa-utils');
  const processor = { by: 'the processor', trouble: undefined };
  expect(await chooseDrawing('xvfb', sandbox, PATH, gpu)).toMatchObject(processor);
});

test('when the GPU no longer answers, and when it is back, it is decided anew', async () => {
  const [onGpu, onProcessor] = ['H100', 'the processor'].map(
    (by): Drawing => ({ by, titleEnv: {}, gpu: undefined, trouble: undefined }),
  );
  const choices = [onGpu, onProcessor, onGpu] as Drawing[];
  const heard: string[] = [];
  const watch = await DrawingWatch.start(
    async () => choices.shift() as Drawing,
    ({ by }) => heard.push(by),
  );
  // Before the first answer, a GPU that says nothing is no news.
  for (const count of [0, 1, 1, 0, 0]) await watch.gpusAre(count);
  expect([watch.current.by, heard]).toEqual(['the processor', ['H100', 'the processor']]);
  await watch.gpusAre(1);
  expect(heard).toEqual(['H100', 'the processor', 'H100']);
});
