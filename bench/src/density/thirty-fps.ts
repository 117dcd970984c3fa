import { chmod, cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const FRAMES_PER_SECOND = 30;

/**
 * A folder in `below` with one manifest: the bundled title at 30 frames a second, under an id of its own. A sandbox shows a
 * title its manifest's folder and the Node modules above it, so what the manifest runs is copied, and `below` is inside the
 * repository.
 */
export async function atThirtyFps(
  titleId: string,
  repository: string,
  below: string,
): Promise<{ folder: string; titleId: string }> {
  const bundled = join(repository, 'titles');
  await mkdir(below, { recursive: true });
  const folder = await mkdtemp(join(below, 'title-'));
  // A title has a user id of its own.
  await chmod(folder, 0o755);
  const own = `${titleId}-at-30`;
  const manifest = (await readFile(join(bundled, `${titleId}.yaml`), 'utf8'))
    .replace(/^id: .*$/m, `id: ${own}`)
    .replace(/fps: \d+/, `fps: ${FRAMES_PER_SECOND}`);
  const cover = /^cover: (.*)$/m.exec(manifest)?.[1] ?? '';
  await mkdir(dirname(join(folder, cover)), { recursive: true });
  for (const part of ['src', 'package.json', cover])
    await cp(join(bundled, part), join(folder, part), { recursive: true });
  await writeFile(join(folder, `${own}.yaml`), manifest);
  return { folder, titleId: own };
}
