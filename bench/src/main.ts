import { launchBrowser } from '@kilat/e2e/browser';
import type { Browser } from 'playwright-core';
import { CHAOS_USAGE, chaos } from './chaos/main.ts';
import { type Choices, parseChoices, USAGE, UsageError } from './choices.ts';
import { CODECS_USAGE, codecs } from './codecs/main.ts';
import { type Config, readConfig } from './config.ts';
import { DENSITY_USAGE, density } from './density/main.ts';
import { measureInput } from './measure/input.ts';
import { measureLaunch } from './measure/launch.ts';
import { Progress } from './measure/progress.ts';
import type { Run } from './measure/run.ts';
import { measureSound } from './measure/sound.ts';
import { measureNetworkPart } from './network/measure-network.ts';
import { networkTable } from './network/network-table.ts';
import { Kilat, startServers } from './products/kilat.ts';
import { Novnc } from './products/novnc.ts';
import { PlayerSound } from './products/player-sound.ts';
import { figures } from './report/figures.ts';
import { describeMachine } from './report/machine.ts';
import type { Result } from './report/result.ts';
import { terminalTable } from './report/terminal.ts';
import { writeReport } from './report/write.ts';

/** Measures what was chosen, then writes and prints the report; a run that is stopped reports what it has. */
async function bench(choices: Choices, config: Config): Promise<number> {
  const stop = new AbortController();
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(130);
    process.stderr.write('\nStopping; the report is written from what was measured. Ctrl-C again to give it up.\n');
    stop.abort(new Error('stopped from the keyboard'));
  });
  process.on('SIGTERM', () => stop.abort(new Error('asked to stop')));

  const startedMs = performance.now();
  const sound = await PlayerSound.start();
  const browser = await launchBrowser({ env: { PULSE_SERVER: sound.address } });
  const startedAt = new Date().toISOString();
  const machine = describeMachine(config.repository, browser.version());
  const result: Result = {
    format: 1,
    startedAt,
    endedAt: startedAt,
    stopped: null,
    choices,
    machine,
    blocks: [],
    silences: [],
    launches: [],
    clicks: [],
    network: [],
  };
  const run: Run = {
    result,
    progress: new Progress(process.stderr),
    signal: stop.signal,
    sinceStartMs: () => performance.now() - startedMs,
  };
  try {
    await measure(run, config, browser, sound);
  } catch (error) {
    const reason = stop.signal.aborted ? stop.signal.reason : error;
    result.stopped = reason instanceof Error ? reason.message : String(reason);
    if (!stop.signal.aborted) console.error(error);
  } finally {
    await browser.close().catch(() => {});
    await sound.close();
  }
  result.endedAt = new Date().toISOString();
  const folder = await writeReport(result, config.results);
  if (result.network.length > 0) console.log(`\n${networkTable(result.network)}`);
  if (choices.parts.some((part) => part !== 'network')) console.log(`\n${terminalTable(figures(result))}`);
  console.log(
    `\nA core took ${machine.workMs.toFixed(0)} ms for a fixed piece of work before the run: compare only runs where it took as long.\n${folder}/report.html`,
  );
  return result.stopped === null ? 0 : 1;
}

async function measure(run: Run, config: Config, browser: Browser, sound: PlayerSound): Promise<void> {
  const { parts, yardstick } = run.result.choices;
  if (parts.includes('input') || parts.includes('sound')) {
    run.progress.stage('Starting Kilat');
    const servers = await startServers({ slots: 2 });
    try {
      const kilat = new Kilat(browser, servers);
      const novnc = new Novnc({ browser, novncFolder: config.novnc, repository: config.repository });
      if (parts.includes('input')) await measureInput(run, yardstick ? [kilat, novnc] : [kilat]);
      if (parts.includes('sound')) await measureSound(run, kilat, sound);
    } finally {
      await servers.close();
    }
  }
  if (parts.includes('network')) await measureNetworkPart(run, browser);
  if (parts.includes('launch')) await measureLaunch(run, browser);
}

try {
  const [part = '', ...words] = process.argv.slice(2);
  const config = readConfig(process.env);
  if (part === 'chaos') process.exitCode = await chaos(words, config);
  else if (part === 'density') process.exitCode = await density(words, config);
  else if (part === 'codecs') process.exitCode = await codecs(words, config);
  else process.exitCode = await bench(parseChoices(process.argv.slice(2)), config);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}\n\n${DENSITY_USAGE}\n\n${CHAOS_USAGE}\n\n${CODECS_USAGE}`);
  process.exitCode = 2;
}
