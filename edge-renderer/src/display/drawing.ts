import type { EdgeConfig } from '../config.ts';
import { findProgram } from '../process/find-program.ts';
import type { SandboxName } from '../sandbox/sandbox.ts';
import { sandboxNamed } from '../sandbox/sandboxes.ts';
import { sharesIpc } from '../sandbox/shares-ipc.ts';
import { gpuDevices } from '../sandbox/system-view.ts';
import { inTrialFolder, runOnce } from '../sandbox/trial.ts';
import { type GpuDriver, gpuForDisplays, nvidiaGpu, TRIAL_SCREEN } from './gpu-display.ts';
import { startXDisplay } from './x-display.ts';

/** Who draws what titles ask OpenGL for. */
export interface Drawing {
  /** For the operator: the GPU as its driver names it, or the processor. */
  by: string;
  /** What every title's environment says for it. */
  titleEnv: Record<string, string>;
  /** The GPU that whole displays are put on; none: displays are Xvfb's. */
  gpu: GpuDriver | undefined;
  /** A GPU is here that titles cannot use: why, as a sentence, and what helps. */
  trouble: string | undefined;
}

const PROCESSOR: Drawing = { by: 'the processor', titleEnv: {}, gpu: undefined, trouble: undefined };
/**
 * NVIDIA's GLX draws on the GPU and copies each finished picture into the window, whatever X server that belongs to; left to
 * itself, libglvnd takes the GLX that the server names, and Xvfb names Mesa's, which draws on the processor.
 */
const NVIDIA_GLX = { __GLX_VENDOR_LIBRARY_NAME: 'nvidia' };
/** A driver's libraries are large. */
const TRIAL_LIMITS = { memoryMb: 2048, cpus: 1, pids: 64, diskMb: 8 };
const SAY_WHO_DRAWS = String.raw`facts=$(glxinfo -B) && echo "$facts" | sed -n 's/^OpenGL \(vendor\|renderer\) string: //p'`;

/**
 * Decides once, by trying. `auto`: Xvfb, with OpenGL on an NVIDIA GPU where a title in this sandbox can draw there; rejects
 * with one sentence where `xorg` is asked for and does not come up. `here`: the NVIDIA GPU of this machine.
 */
export async function chooseDrawing(
  display: EdgeConfig['display'],
  sandbox: SandboxName,
  path: string,
  here = nvidiaGpu(),
): Promise<Drawing> {
  if (display === 'xorg') return { ...PROCESSOR, by: 'Xorg on an NVIDIA GPU', gpu: await gpuForDisplays(path, here) };
  if (display === 'xvfb' || here === undefined) return PROCESSOR;
  const cannot = (why: string): Drawing => ({
    ...PROCESSOR,
    trouble: `An NVIDIA GPU is here, but titles' OpenGL is drawn by the processor: ${why}.`,
  });
  if (findProgram('glxinfo', path) === undefined)
    return cannot('glxinfo, which tries it out, is not installed (apt-get install mesa-utils, then start anew)');
  const found = await tryGlx(sandbox, NVIDIA_GLX);
  if ('why' in found) return cannot(`OpenGL does not open in the sandbox (${found.why})`);
  // Where NVIDIA's library does not load, libglvnd takes Mesa's after all.
  if (!found.vendor.startsWith('NVIDIA'))
    return cannot(`its driver's libGLX_nvidia does not load (${found.renderer} did)`);
  return { ...PROCESSOR, by: found.renderer, titleEnv: NVIDIA_GLX };
}

/** Who draws from now on: decided at the start, and anew when GPUs come or go. */
export class DrawingWatch {
  readonly #choose: () => Promise<Drawing>;
  readonly #onChange: (drawing: Drawing) => void;
  #current: Drawing;
  /** How many GPUs answered at the last look; undefined until one has. */
  #gpus: number | undefined;
  #before: Promise<void> = Promise.resolve();

  /** `onChange` hears of later choices that differ. */
  constructor(first: Drawing, choose: () => Promise<Drawing>, onChange: (drawing: Drawing) => void) {
    this.#current = first;
    this.#choose = choose;
    this.#onChange = onChange;
  }

  get current(): Drawing {
    return this.#current;
  }

  /** How many GPUs answer now; resolves when what follows from it is decided. */
  gpusAre(count: number): Promise<void> {
    const before = this.#gpus;
    if (before !== undefined || count > 0) this.#gpus = count;
    if (before !== undefined && before !== count) this.#before = this.#before.then(() => this.#chooseAnew());
    return this.#before;
  }

  async #chooseAnew(): Promise<void> {
    const choice = await this.#choose();
    if (choice.by === this.#current.by) return;
    const lost = choice.by === PROCESSOR.by ? `${this.#current.by} no longer answers: the processor draws.` : undefined;
    this.#current = { ...choice, trouble: choice.trouble ?? lost };
    this.#onChange(this.#current);
  }
}

/** Opens GLX on an Xvfb from within the sandbox, as a title would: who draws, or what stood in the way. */
export async function tryGlx(
  sandbox: SandboxName,
  env: Record<string, string>,
): Promise<{ vendor: string; renderer: string } | { why: string }> {
  return inTrialFolder(async (folder) => {
    const starting = startXDisplay(folder, TRIAL_SCREEN, () => {}, { ownIpc: sharesIpc(sandbox) });
    const display = await starting.catch((error: Error) => ({ why: error.message }));
    if ('why' in display) return display;
    try {
      const { address, xauthorityPath, ipcOf } = display;
      const { works, words } = await runOnce(sandboxNamed(sandbox), folder, '/bin/sh', ['-c', SAY_WHO_DRAWS], {
        env: { PATH: '/usr/bin:/bin', DISPLAY: address.display, XAUTHORITY: xauthorityPath, ...env },
        sees: [xauthorityPath, `/tmp/.X11-unix/X${address.display.slice(1)}`],
        devices: gpuDevices(),
        limits: TRIAL_LIMITS,
        ipcOf,
      });
      const [vendor, renderer] = words.split('\n').slice(-2);
      return works && vendor && renderer ? { vendor, renderer } : { why: words.split('\n').at(-1) ?? words };
    } finally {
      await display.stop();
    }
  });
}
