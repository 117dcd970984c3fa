import { rolldown } from 'rolldown';

/** A module of ours and what it imports as one script for a page. `entry`: absolute path. */
export async function browserScript(entry: string): Promise<string> {
  const bundle = await rolldown({ input: entry, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  return output[0].code;
}
