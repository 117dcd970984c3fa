import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScreenCapture } from '../capture/screen-capture.ts';
import { openScreenReader } from '../capture/screen-reader.ts';
import { painter } from '../capture/testing/screen-reader-contract.ts';
import { XConnection } from '../capture/x-connection.ts';
import { findProgram } from '../process/find-program.ts';
import { Injector } from '../inject/injector.ts';
import { gpuForDisplays, nvidiaGpu, startGpuDisplay, xorgConfig } from './gpu-display.ts';

const PATH = process.env.PATH ?? '';
const spec = { width: 1280, height: 720, fps: 60 };
const DUMMY_DRIVER = '/usr/lib/xorg/modules/drivers/dummy_drv.so';
const NVIDIA_DRIVER = '/usr/lib/xorg/modules/drivers/nvidia_drv.so';
const drivers = [
  ['dummy', existsSync(DUMMY_DRIVER) ? { name: 'dummy' as const } : undefined, 'xserver-xorg-video-dummy'],
  [
    'nvidia',
    existsSync(NVIDIA_DRIVER) ? nvidiaGpu() : undefined,
    'an NVIDIA GPU with its driver, Xorg’s part included',
  ],
] as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-gpu-display-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

for (const [name, driver, needed] of drivers) {
  if (driver === undefined) {
    describe.skip(`Xorg with the ${name} driver cannot run here: it needs ${needed}`, () => test(name, () => {}));
    continue;
  }
  test(`Xorg with the ${name} driver: damage is captured through shared memory, and input arrives`, async () => {
    const home = join(folder, name);
    await mkdir(home);
    const display = await startGpuDisplay(home, spec, driver, () => {});
    const x = await XConnection.open(display.address, () => {});
    expect([x.width, x.height]).toEqual([spec.width, spec.height]);
    const reader = await openScreenReader(x, display.framebufferPath);
    expect(reader.kind).toBe('shared-memory');
    const pixels = Buffer.alloc(spec.width * spec.height * 4);
    const last = pixels.length - 4;
    const title = await painter(display);
    const reached = Promise.withResolvers<void>();
    const seen = async () => {
      if ((pixels.readUInt32LE(last) & 0xffffff) === 0x123456) reached.resolve();
    };
    const capture = new ScreenCapture(x, reader, pixels, 60, seen, reached.reject);
    await capture.start();
    capture.resume();
    title.fill(0x123456, 0, 0, spec.width, spec.height);
    await reached.promise;
    new Injector(x, await x.extension('xtest')).inject({ type: 'pointer', x: 32_768, y: 32_768 });
    const pointer = await new Promise<{ rootX: number; rootY: number }>((resolve, reject) =>
      x.client.QueryPointer(x.root, (error, value) => (error ? reject(error) : resolve(value))),
    );
    expect(pointer).toMatchObject({ rootX: 640, rootY: 360 });
    capture.pause();
    reader.close();
    title.close();
    x.close();
    await display.stop();
  });
}

test('the first NVIDIA GPU is found where the kernel’s driver lists it, and named as Xorg does', async () => {
  const gpus = join(folder, 'gpus');
  await mkdir(join(gpus, '0000:c1:00.0'), { recursive: true });
  await writeFile(
    join(gpus, '0000:c1:00.0', 'information'),
    'Model: \t\t NVIDIA L4\nIRQ:   \t\t 120\nBus Location: \t 0000:c1:00.0\n',
  );
  const gpu = nvidiaGpu(gpus);
  expect(gpu).toEqual({ name: 'nvidia', busId: 'PCI:193@0:0:0' });
  expect(nvidiaGpu(join(folder, 'nothing'))).toBeUndefined();
  expect(xorgConfig(spec, { name: 'nvidia', busId: 'PCI:193@0:0:0' })).toContain('BusID "PCI:193@0:0:0"');
});

const needsXorg = test.skipIf(findProgram('Xorg', PATH) === undefined);
needsXorg('an Xorg that does not come up is told at the start, in its own words and without its advice', async () => {
  const gpu = { name: 'nvidia', busId: 'PCI:9@0:99:0' } as const;
  const refusal = gpuForDisplays(PATH, gpu);
  await expect(refusal).rejects.toThrow(/^KILAT_EDGE_DISPLAY is xorg, but Xorg did not start: .*(nvidia|screens)/);
  await expect(refusal).rejects.not.toThrow(/wiki|log file|\n/);
});

test('what is missing for a display on a GPU is said with what helps', async () => {
  await expect(gpuForDisplays('/nowhere', undefined)).rejects.toThrow('apt-get install xserver-xorg-core');
});
needsXorg('without a GPU there is no display on one', async () => {
  await expect(gpuForDisplays(PATH, undefined)).rejects.toThrow('Install the driver, or leave it unset');
});
