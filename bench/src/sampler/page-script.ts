import { fileURLToPath } from 'node:url';
import { browserScript } from '../browser-script.ts';

const ENTRY = fileURLToPath(new URL('page/install.ts', import.meta.url));

/** The in-page sampler, the same for every product. `selector`: where the product shows its picture. */
export async function pageScript(selector: string): Promise<string> {
  return `globalThis.kilatBenchSelector = ${JSON.stringify(selector)};\n${await browserScript(ENTRY)}`;
}
