import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startXDisplay } from '../display/x-display.ts';
import { FramebufferFile } from './framebuffer-file.ts';
import { ImageReader } from './image-reader.ts';
import { openScreenReader } from './screen-reader.ts';
import { screenReaderContract } from './testing/screen-reader-contract.ts';
import { SharedMemoryReader } from './shared-memory-reader.ts';
import { XConnection } from './x-connection.ts';

screenReaderContract(
  'framebuffer-file',
  async (x, { framebufferPath }) => new FramebufferFile(framebufferPath as string, x.width),
);
screenReaderContract('shared-memory', async (x) => {
  const reader = await SharedMemoryReader.open(x);
  if (reader === undefined) throw new Error('the X server shares no memory');
  return reader;
});
screenReaderContract('image', async (x) => new ImageReader(x, x.width));

test('the fastest way that a display offers is taken', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-reader-'));
  const spec = { width: 640, height: 360, fps: 60 };
  const display = await startXDisplay(folder, spec, () => {});
  const x = await XConnection.open(display.address, () => {});
  const withFile = await openScreenReader(x, display.framebufferPath);
  const withoutFile = await openScreenReader(x, undefined);
  expect([withFile.kind, withoutFile.kind]).toEqual(['framebuffer-file', 'shared-memory']);
  withFile.close();
  withoutFile.close();
  x.close();
  await display.stop();
  await rm(folder, { recursive: true });
});
