import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const FRAMES_PER_SECOND = 30;

/** A folder with one manifest: the bundled title at 30 frames a second, under an id of its own. */
export async function atThirtyFps(titleId: string, repository: string): Promise<{ folder: string; titleId: string }> {
  const bundled = join(repository, 'titles');
  const folder = await mkdtemp(join(tmpdir(), 'kilat-density-'));
  const own = `${titleId}-at-30`;
  const manifest = (await readFile(join(bundled, `${titleId}.yaml`), 'utf8'))
    .replace(/^id: .*$/m, `id: ${own}`)
    .replace(/fps: \d+/, `fps: ${FRAMES_PER_SECOND}`)
    .replaceAll('{titles}', bundled);
  const cover = /^cover: (.*)$/m.exec(manifest)?.[1] ?? '';
  await mkdir(dirname(join(folder, cover)), { recursive: true });
  await cp(join(bundled, cover), join(folder, cover));
  await writeFile(join(folder, `${own}.yaml`), manifest);
  return { folder, titleId: own };
}
