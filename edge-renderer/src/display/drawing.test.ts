import { expect, test, vi } from 'vitest';
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

test('when a GPU no longer answers, and when it is back, it is decided anew, one choice after another', async () => {
  const [onGpu, onProcessor] = ['H100', 'the processor'].map(
    (by): Drawing => ({ by, titleEnv: {}, gpu: undefined, trouble: undefined }),
  ) as [Drawing, Drawing];
  const choices = [Promise.withResolvers<Drawing>(), Promise.withResolvers<Drawing>()];
  const heard: Drawing[] = [];
  const asked = vi.fn(() => (choices[asked.mock.calls.length - 1] as PromiseWithResolvers<Drawing>).promise);
  const watch = new DrawingWatch(onGpu, asked, (drawing) => heard.push(drawing));
  // Before the first answer, a GPU that says nothing is no news.
  for (const count of [0, 1, 1]) await watch.gpusAre(count);
  expect(asked).not.toHaveBeenCalled();
  void watch.gpusAre(0);
  const decided = watch.gpusAre(1);
  // The trial on what hangs ends after the one on what is back would have.
  choices[1]?.resolve(onGpu);
  choices[0]?.resolve(onProcessor);
  await decided;
  expect(heard.map(({ by }) => by)).toEqual(['the processor', 'H100']);
  expect(heard[0]?.trouble).toBe('H100 no longer answers: the processor draws.');
  expect(watch.current.by).toBe('H100');
});
