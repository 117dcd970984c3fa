import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.mjs';
import { findProgram } from './find-program.mjs';
import { cache, repository } from './places.mjs';
import { installPackages } from './system-packages.mjs';

const sources = join(repository, 'edge-renderer', 'native');
const SOURCES = ['build.sh', 'pad-shim.c', 'uinput-pad.c', 'frame-pace.c'];
const HEADERS = ['/usr/include/stdlib.h', '/usr/include/linux/uinput.h'];

/**
 * The edge's few lines of C, built once for each version of their sources and shared by every checkout.
 * @type {import('./step.mjs').Step}
 */
export const nativeParts = {
  async missing(setUp) {
    const folder = await cachedFolder();
    const built = await access(folder).then(
      () => true,
      () => false,
    );
    if (!built) return 'Gamepads and pace of games';
    use(setUp, folder);
    return undefined;
  },

  async install(setUp, report) {
    if (![findProgram('gcc'), ...HEADERS.map(findProgram)].every(Boolean))
      await installPackages(['native'], report, setUp.env);
    await mkdir(cache, { recursive: true });
    const partial = await mkdtemp(join(cache, 'native-'));
    await runCommand(
      'The parts that hand gamepads to games and keep their pace could not be built.',
      join(sources, 'build.sh'),
      [partial],
      {
        env: setUp.env,
      },
    );
    const folder = await cachedFolder();
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    use(setUp, folder);
  },
};

/** Its name is the sources' content, so that a change is another folder. */
async function cachedFolder() {
  const hash = createHash('sha256').update(process.arch);
  for (const name of SOURCES) {
    hash.update(`\0${name}\0`).update(await readFile(join(sources, name)));
  }
  return join(cache, `native-${hash.digest('hex').slice(0, 16)}`);
}

/**
 * @param {import('./step.mjs').SetUp} setUp
 * @param {string} folder
 */
function use(setUp, folder) {
  setUp.env = { ...setUp.env, KILAT_NATIVE: folder };
}
