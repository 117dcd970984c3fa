import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One thing a title sees, in the order it is put in place. */
export type Mount =
  | { kind: 'read-only'; from: string; at: string }
  | { kind: 'read-write'; from: string; at: string }
  | { kind: 'device'; at: string }
  | { kind: 'link'; to: string; at: string }
  | { kind: 'memory'; at: string; sizeMb: number };

const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Settings that programs read and that tell nothing of this host: libraries, fonts, sound, graphics, time zone. */
const SETTINGS = [
  ...['/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/alternatives'],
  ...['/etc/localtime', '/etc/timezone', '/etc/fonts', '/etc/X11', '/etc/mime.types', '/etc/ssl/certs'],
  ...['/etc/alsa', '/etc/asound.conf', '/etc/pulse', '/etc/openal'],
  ...['/etc/drirc', '/etc/glvnd', '/etc/vulkan', '/etc/OpenCL', '/etc/egl'],
  '/var/cache/fontconfig',
  // How many processors there are, for programs that start a thread for each.
  '/sys/devices/system/cpu',
];

/** What graphics libraries read to find a GPU. */
const GPU_FACTS = ['/sys/dev/char', '/sys/devices', '/sys/class/drm', '/sys/bus/pci'];

/** The read-only system: programs, libraries and data, without secrets, homes, services' sockets or other devices. */
export function systemView(withGpu: boolean): Mount[] {
  const folders = SYSTEM_FOLDERS.flatMap((at): Mount[] => {
    const entry = lstatSync(at, { throwIfNoEntry: false });
    if (entry === undefined) return [];
    return entry.isSymbolicLink() ? [{ kind: 'link', to: readlinkSync(at), at }] : [readOnly(at)];
  });
  const facts = withGpu ? GPU_FACTS : [];
  return [readOnly('/usr'), ...folders, ...[...SETTINGS, ...facts].filter(isThere).map(readOnly)];
}

/** Device files of this machine's GPUs. */
export function gpuDevices(): string[] {
  const nvidia = readdirSync('/dev').filter((name) => name.startsWith('nvidia'));
  return [...(isThere('/dev/dri') ? ['/dev/dri'] : []), ...nvidia.map((name) => join('/dev', name))];
}

/** A device file itself, or the files in a folder of them. */
export function deviceFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isCharacterDevice())
    .map(({ name }) => join(path, name));
}

export const readOnly = (path: string): Mount => ({ kind: 'read-only', from: path, at: path });

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
