import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseNvidia, readGpus } from './gpu-usage.ts';
import { readTemperatures } from './temperatures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-sensors-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function files(contents: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(contents)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), `${text}\n`);
  }
}

test('sensors are named by chip and label, unreadable ones left out', async () => {
  await files({
    'hwmon0/name': 'k10temp',
    'hwmon0/temp1_input': '47125',
    'hwmon0/temp1_label': 'Tctl',
    'hwmon1/name': 'nvme',
    'hwmon1/temp1_input': '38850',
    'hwmon1/temp2_input': '',
    'hwmon1/fan1_input': '900',
  });
  expect(readTemperatures(folder)).toEqual([
    { sensor: 'k10temp Tctl', celsius: 47.125 },
    { sensor: 'nvme', celsius: 38.85 },
  ]);
  expect(readTemperatures(join(folder, 'none'))).toEqual([]);
});

test("nvidia-smi's table is read, with what a card does not tell left out", () => {
  expect(
    parseNvidia('NVIDIA GeForce RTX 3060, 12, 41, 1500, 12288, 55\nNVIDIA H100 80GB HBM3, 3, [N/A], 4, 81559, 31\n'),
  ).toEqual([
    { name: 'NVIDIA GeForce RTX 3060', busyPercent: 41, memoryUsedMb: 1500, memoryTotalMb: 12288, celsius: 55 },
    { name: 'NVIDIA H100 80GB HBM3', busyPercent: 3, memoryUsedMb: 4, memoryTotalMb: 81559, celsius: 31 },
  ]);
});

test('an AMD GPU tells its use through sysfs; a display without a GPU does not', async () => {
  await files({
    'card0/device/gpu_busy_percent': '64',
    'card0/device/mem_info_vram_used': String(512 * 2 ** 20),
    'card0/device/mem_info_vram_total': String(8192 * 2 ** 20),
    'card1/device/vendor': '0x1234',
  });
  expect(await readGpus('', folder)).toEqual([
    { name: 'AMD card0', busyPercent: 64, memoryUsedMb: 512, memoryTotalMb: 8192, celsius: undefined },
  ]);
});
