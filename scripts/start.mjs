import { join } from 'node:path';
import { checkPort, freePort } from './serve/free-port.mjs';
import { firstToSay, openLog } from './serve/log-file.mjs';
import { portSetting } from './serve/port-setting.mjs';
import { edgeProgram, indexerAddress, indexerProgram, newEnrolmentToken } from './serve/programs.mjs';
import { untilEdgeAnnounced, untilHealthy } from './serve/readiness.mjs';
import { supervise } from './serve/supervisor.mjs';
import { data } from './setup/places.mjs';
import { PlainError, runProgram } from './setup/plain-error.mjs';
import { setUpEverything } from './setup/set-up.mjs';
import { say, showProgress } from './terminal/progress.mjs';

/** The first start makes a database, which takes long on a busy machine. */
const READY_MS = 120_000;
const logFolder = join(data, 'log');

await runProgram(async () => {
  say('Kilat\n');
  const setUp = await setUpEverything({ groups: ['play'] });
  if (process.argv.includes('--setup-only')) return 0;

  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopping.abort());
  /** @type {import('./serve/programs.mjs').Runtime} */
  const runtime = { node: setUp.node, env: { ...setUp.env, KILAT_DATA: data } };
  if (runtime.env.KILAT_PORT === '0') runtime.env.KILAT_PORT = String(await freePort());
  await requirePorts(runtime.env);

  // What parts say of each other while all of them are being stopped is of no use.
  const tell = (/** @type {string} */ sentence) => stopping.signal.aborted || say(sentence);
  const tellOnce = firstToSay(tell);
  /** @type {(() => Promise<unknown>)[]} */
  const closers = [];
  /** @param {import('./serve/server-process.mjs').ServerProgram} program */
  const start = async (program) => {
    const log = await openLog(join(logFolder, `${program.name.toLowerCase()}.log`), program.name, tellOnce);
    const supervised = supervise(program, { onLine: log.write, say: tell });
    closers.push(log.close, supervised.stop);
    return supervised;
  };

  try {
    const { url } = indexerAddress(runtime.env);
    const patience = AbortSignal.any([stopping.signal, AbortSignal.timeout(READY_MS)]);
    const indexer = await start(indexerProgram(runtime));
    await showProgress('Indexer', () => unless(indexer.failed, 'The Indexer', untilHealthy(url, patience)));
    indexer.becameReady();
    const edge = await start(edgeProgram(runtime, await newEnrolmentToken(runtime)));
    const failed = Promise.race([indexer.failed, edge.failed]);
    const catalogue = await showProgress('Edge', () => unless(failed, 'The edge', untilEdgeAnnounced(url, patience)));
    edge.becameReady();
    welcome(catalogue, runtime.env.KILAT_PUBLIC_URL || url);
    const sentence = await Promise.race([failed, aborted(stopping.signal)]);
    if (sentence) throw new PlainError(`${sentence} Its log is in ${logFolder}.`);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    if (stopping.signal.aborted) say('Stopping …');
    for (const close of closers.toReversed()) await close();
  }
  return 0;
});

/** @param {NodeJS.ProcessEnv} env */
async function requirePorts(env) {
  const { host, port } = indexerAddress(env);
  await requirePort('KILAT_PORT', port, host, {});
  await requirePort('KILAT_EDGE_PORT', portSetting(env, 'KILAT_EDGE_PORT', 44_380), '0.0.0.0', { udp: true });
  await requirePort('KILAT_EDGE_STATUS_PORT', portSetting(env, 'KILAT_EDGE_STATUS_PORT', 8081), '127.0.0.1', {});
}

/**
 * @param {string} variable
 * @param {number} port
 * @param {string} host
 * @param {{ udp?: boolean }} also
 */
async function requirePort(variable, port, host, also) {
  const other = `Choose another one: ${variable}=${port < 60_000 ? port + 5_000 : port - 5_000} npm start`;
  switch (await checkPort(port, host, also)) {
    case 'free':
      return;
    case 'taken':
      throw new PlainError(
        `Port ${port} is in use by another program, perhaps a Kilat that is already running.\n${other}`,
      );
    case 'not-ours':
      throw new PlainError(`This user may not listen at port ${port}.\n${other}`);
    case 'no-address':
      throw new PlainError(`This machine has no address ${host} to listen at. Set KILAT_HOST to one of its own.`);
  }
}

/**
 * What `work` gives, unless the program fails or takes too long.
 * @template T
 * @param {Promise<string>} failed
 * @param {string} who
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
function unless(failed, who, work) {
  const failure = failed.then((sentence) => {
    throw new PlainError(`${sentence} Its log is in ${logFolder}.`);
  });
  const slow = work.catch((error) => {
    if (error.name !== 'AbortError') throw error;
    throw new PlainError(`${who} did not get ready within ${READY_MS / 1000} s. Its log is in ${logFolder}.`);
  });
  return Promise.race([slow, failure]);
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<undefined>}
 */
function aborted(signal) {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}

/**
 * @param {import('./serve/readiness.mjs').Catalogue} catalogue
 * @param {string} url
 */
function welcome({ titles }, url) {
  const ready = titles.filter(({ availability }) => availability.state === 'ready').map(({ name }) => name);
  say(`\n  Kilat is running. Open  ${url}/\n`);
  say(
    ready.length === 0
      ? 'No title is installed here yet; the page says how to add one.'
      : `Ready to play: ${ready.join(', ')}.`,
  );
  say(`Logs are in ${logFolder}. Press Ctrl+C to stop.\n`);
}
