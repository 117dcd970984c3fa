import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One sensor of the machine. */
export interface Temperature {
  sensor: string;
  celsius: number;
}

/** Every readable sensor under /sys/class/hwmon; empty on machines, mostly virtual ones, that have none. */
export function readTemperatures(hwmon = '/sys/class/hwmon'): Temperature[] {
  return names(hwmon).flatMap((chip) => {
    const folder = join(hwmon, chip);
    const chipName = text(join(folder, 'name')) || chip;
    return names(folder).flatMap((file) => {
      const input = /^(temp\d+)_input$/.exec(file)?.[1];
      if (input === undefined) return [];
      const milli = Number(text(join(folder, file)) || Number.NaN);
      if (!Number.isFinite(milli)) return [];
      const label = text(join(folder, `${input}_label`));
      return [{ sensor: label === '' ? chipName : `${chipName} ${label}`, celsius: milli / 1000 }];
    });
  });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return ''; // A sensor that cannot be asked now.
  }
}
