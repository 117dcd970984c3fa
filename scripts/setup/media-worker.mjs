import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, freemem, release } from 'node:os';
import { join } from 'node:path';
import { say } from '../terminal/progress.mjs';
import { runCommand, tryCommand } from './command.mjs';
import { cache, repository } from './places.mjs';
import { PlainError } from './plain-error.mjs';
import { installPackages } from './system-packages.mjs';

const sources = join(repository, 'node_modules', 'mediasoup');
/** mediasoup-worker ends with this status when it is started without its version in the environment. */
const RUNS_HERE = 41;
const ANSWER_MS = 5_000;
const DOWNLOAD_MS = 120_000;
/** A compiler on one of the worker's larger sources takes about this much memory, bytes. */
const MEMORY_PER_JOB = 800e6;

/** @type {import('./step.mjs').Step} */
export const mediaWorker = {
  async missing(setUp) {
    const chosen = process.env.MEDIASOUP_WORKER_BIN;
    if (chosen) {
      if (await runsHere(chosen)) return undefined;
      throw new PlainError(
        `MEDIASOUP_WORKER_BIN is ${chosen}, which does not run here. Unset it, and Kilat gets one itself.`,
      );
    }
    const { version } = await readManifest();
    const binary = cachedBinary(version);
    if (!(await runsHere(binary))) return `Media worker (mediasoup ${version})`;
    use(setUp, binary);
    return undefined;
  },

  async install(setUp, report) {
    const manifest = await readManifest();
    const binary = cachedBinary(manifest.version);
    const partial = join(cache, `mediasoup-worker-${manifest.version}.partial`);
    await mkdir(partial, { recursive: true });
    const refusal = await download(manifest, partial, report);
    if (refusal !== undefined) {
      say(`The prebuilt media worker is not to be had (${refusal}); it is built from its sources instead.`);
      await installPackages(['worker'], report, setUp.env);
      await build(join(partial, 'mediasoup-worker'), setUp, report);
    }
    await rm(join(binary, '..'), { recursive: true, force: true });
    await mkdir(join(binary, '..'), { recursive: true });
    await rename(join(partial, 'mediasoup-worker'), binary);
    await rm(partial, { recursive: true, force: true });
    use(setUp, binary);
  },
};

/** @param {string} version */
const cachedBinary = (version) => join(cache, `mediasoup-worker-${version}`, 'mediasoup-worker');

/**
 * @param {import('./step.mjs').SetUp} setUp
 * @param {string} binary
 */
function use(setUp, binary) {
  setUp.env = { ...setUp.env, MEDIASOUP_WORKER_BIN: binary };
}

/** @param {string} binary */
async function runsHere(binary) {
  return (await tryCommand(binary, [], { env: {}, timeoutMs: 10_000 })).status === RUNS_HERE;
}

/** @returns {Promise<{ version: string, repository: { url: string } }>} */
async function readManifest() {
  return JSON.parse(await readFile(join(sources, 'package.json'), 'utf8'));
}

/**
 * Fetches the release that mediasoup's own install script would (its npm-scripts.mjs names it so).
 * @param {{ version: string, repository: { url: string } }} manifest
 * @param {string} folder
 * @param {(detail: string) => void} report
 * @returns {Promise<string | undefined>} why there is none, or undefined when it lies in `folder` and runs
 */
async function download({ version, repository: { url } }, folder, report) {
  const base =
    process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL ||
    `${url.replace(/^git\+/, '').replace(/\.git$/, '')}/releases/download`;
  const kernel = release().split('.')[0];
  const name = `mediasoup-worker-${version}-${process.platform}-${process.arch}-kernel${kernel}.tgz`;
  report('asking for the prebuilt binary');
  try {
    const abort = new AbortController();
    const answerTimer = setTimeout(() => abort.abort(new Error('no answer within 5 s')), ANSWER_MS);
    const response = await fetch(`${base}/${version}/${name}`, { signal: abort.signal });
    clearTimeout(answerTimer);
    if (!response.ok) return `answer ${response.status}`;
    report('fetching the prebuilt binary');
    const bodyTimer = setTimeout(() => abort.abort(new Error('too slow')), DOWNLOAD_MS);
    await writeFile(join(folder, name), Buffer.from(await response.arrayBuffer()));
    clearTimeout(bodyTimer);
  } catch (error) {
    const { message, cause } = /** @type {Error & { cause?: { code?: string } }} */ (error);
    return cause?.code ?? message;
  }
  const unpacked = await tryCommand('tar', ['-xzf', join(folder, name), '-C', folder]);
  await rm(join(folder, name), { force: true });
  if (unpacked.status !== 0) return 'the archive is damaged';
  const binary = join(folder, 'mediasoup-worker');
  await chmod(binary, 0o755);
  return (await runsHere(binary)) ? undefined : 'it does not run on this system';
}

/**
 * An interrupted build goes on where it stopped.
 * @param {string} output
 * @param {import('./step.mjs').SetUp} setUp
 * @param {(detail: string) => void} report
 */
async function build(output, setUp, report) {
  const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / MEMORY_PER_JOB)));
  const script = join(import.meta.dirname, 'build-mediasoup-worker.sh');
  let files = 0;
  let done = 0;
  await runCommand('The media worker could not be built.', 'bash', [script, sources, output], {
    env: { ...setUp.env, JOBS: String(jobs) },
    onLine: (line) => {
      const [word, count] = line.split(' ');
      if (word === 'sources') files = Number(count);
      if (word === 'compiled') done += 1;
      if (files > 0) report(`building from its sources, ${done} of ${files} files`);
    },
  });
  if (!(await runsHere(output))) throw new PlainError('The media worker was built, but does not run here.');
}
