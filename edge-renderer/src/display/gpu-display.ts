import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import { findProgram } from '../process/find-program.ts';
import { inTrialFolder } from '../sandbox/trial.ts';
import { startXServer, type XDisplay, type XServerOptions } from './x-display.ts';

/** A driver of Xorg that needs no monitor. `dummy` draws on the processor: it shows that everything but the GPU works. */
export type GpuDriver = { name: 'nvidia'; busId: string } | { name: 'dummy' };

/** Of the display that is tried out, and of the one OpenGL is tried out on. */
export const TRIAL_SCREEN: DisplaySpec = { width: 640, height: 360, fps: 60 };
/** A driver that hangs says nothing. */
const TRIAL_MS = 15_000;
const NVIDIA_GPUS = '/proc/driver/nvidia/gpus';

/** The first NVIDIA GPU whose kernel driver is loaded; undefined without one. */
export function nvidiaGpu(folder = NVIDIA_GPUS): GpuDriver | undefined {
  try {
    for (const gpu of readdirSync(folder)) {
      const found = /^Bus Location:\s*([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)\.([0-9a-f]+)/im.exec(
        readFileSync(join(folder, gpu, 'information'), 'utf8'),
      );
      if (found === null) continue;
      // The kernel counts in hexadecimal, Xorg in decimal: PCI:bus@domain:device:function.
      const [domain = 0, bus = 0, device = 0, slot = 0] = found.slice(1).map((part) => Number.parseInt(part, 16));
      return { name: 'nvidia', busId: `PCI:${bus}@${domain}:${device}:${slot}` };
    }
  } catch {
    // No such driver is loaded.
  }
  return undefined;
}

/**
 * The GPU that displays are to be put on, once one has stood there for a moment; rejects with one sentence that says what is
 * missing and how to get it.
 */
export async function gpuForDisplays(path: string, gpu: GpuDriver | undefined): Promise<GpuDriver> {
  if (findProgram('Xorg', path) === undefined)
    throw new Error(
      'KILAT_EDGE_DISPLAY is xorg, but Xorg is not installed. Install with: apt-get install xserver-xorg-core',
    );
  if (gpu === undefined)
    throw new Error(
      'KILAT_EDGE_DISPLAY is xorg, but no NVIDIA GPU with its kernel driver is here. Install the driver, or leave it unset.',
    );
  await inTrialFolder(async (folder) => {
    const starting = startGpuDisplay(folder, TRIAL_SCREEN, gpu, () => {});
    const late = setTimeout(TRIAL_MS, undefined, { ref: false }).then(() => {
      throw new Error(`Xorg did not answer in ${TRIAL_MS / 1000} s.`);
    });
    const display = await Promise.race([starting, late]).catch((error: Error) => {
      throw new Error(`KILAT_EDGE_DISPLAY is xorg, but ${error.message} Mend that, or leave it unset.`);
    });
    await display.stop();
  });
  return gpu;
}

/**
 * Starts Xorg on a GPU for one session, without a monitor, so that GL and Vulkan draw there; its screen is in no file. Needs
 * root or Xorg's wrapper. Rejects with what Xorg complains of when it does not come up.
 */
export async function startGpuDisplay(
  folder: string,
  spec: DisplaySpec,
  driver: GpuDriver,
  onLost: (detail: string) => void,
  options: XServerOptions = {},
): Promise<XDisplay> {
  const [configPath, logPath] = [join(folder, 'xorg.conf'), join(folder, 'xorg.log')];
  await writeFile(configPath, xorgConfig(spec, driver));
  const starting = startXServer(
    'Xorg',
    [
      ...['-config', configPath, '-logfile', logPath, '-noreset', '-nolisten', 'tcp', '-nocursor'],
      // It shares the machine's console with whatever is there.
      ...['-novtswitch', '-sharevts', '-dpi', '96'],
    ],
    folder,
    onLost,
    options,
  );
  const display = await starting.catch(async (error: unknown) => {
    const complaints = await xorgComplaints(logPath);
    throw complaints === '' ? error : new Error(`Xorg did not start: ${complaints}`);
  });
  return { ...display, framebufferPath: undefined };
}

/** The errors of Xorg's log, as sentences; what it prints where it ends is a page of advice around them. */
async function xorgComplaints(logPath: string): Promise<string> {
  const log = await readFile(logPath, 'utf8').catch(() => '');
  const errors = [...log.matchAll(/^\[[\d .]+\] \(EE\) (\w.*?)[. ]*(?:\(EE\) *)?$/gm)].map(([, words = '']) => words);
  // D-Bus is not needed; the advice is to read this log.
  const telling = errors.filter((words) => !/^(dbus-core|Please|Server terminated|Fatal server error)/.test(words));
  return telling.map((words) => `${words}.`).join(' ');
}

/** Xorg's configuration for one headless screen; the host's keyboards and mice stay the host's. */
export function xorgConfig(spec: DisplaySpec, driver: GpuDriver): string {
  const { width, height } = spec;
  const device =
    driver.name === 'dummy'
      ? ['Driver "dummy"', `VideoRam ${Math.ceil((width * height * 4) / 1024) * 2}`]
      : [
          'Driver "nvidia"',
          `BusID "${driver.busId}"`,
          'Option "AllowEmptyInitialConfiguration" "true"',
          'Option "UseDisplayDevice" "none"',
        ];
  return `Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "AllowMouseOpenFail" "true"
  Option "DontVTSwitch" "true"
  Option "BlankTime" "0"
  Option "StandbyTime" "0"
  Option "OffTime" "0"
EndSection
Section "Device"
  Identifier "gpu"
${device.map((line) => `  ${line}\n`).join('')}EndSection
Section "Monitor"
  Identifier "none"
  HorizSync 5-1000
  VertRefresh 5-300
  Option "ReducedBlanking"
  Modeline "title" ${timings(spec)}
EndSection
Section "Screen"
  Identifier "screen"
  Device "gpu"
  Monitor "none"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "title"
    Virtual ${width} ${height}
  EndSubSection
EndSection
`;
}

/** A mode of the title's size and rate, with blanking that any driver takes: pixel clock in MHz, columns, rows. */
function timings({ width, height, fps }: DisplaySpec): string {
  const [columns, rows] = [width + 160, height + 40];
  const clockMhz = (columns * rows * fps) / 1_000_000;
  return [
    ...[clockMhz.toFixed(2), width, width + 48, width + 80, columns],
    ...[height, height + 3, height + 8, rows],
  ].join(' ');
}
