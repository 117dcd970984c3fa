import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { distribution } from '@kilat/shared/latency/quantiles';
import { launchBrowser } from '@kilat/e2e/browser';
import type { Kilat } from '@kilat/e2e/kilat';
import { UsageError } from '../choices.ts';
import type { Config } from '../config.ts';
import { playTogether, type StepFigures } from '../density/session-run.ts';
import { Progress } from '../measure/progress.ts';
import { startServers } from '../products/kilat.ts';
import { describeMachine } from '../report/machine.ts';

export const CODECS_USAGE = `npm run bench -- codecs [--rounds R] [--presses P]
  --rounds R      H.264 and AV1 in turn, then the other way round, and so on (4)
  --presses P     key presses in each step (40)`;

const CODECS = ['h264', 'av1'] as const;
const TITLES = ['latency-probe', 'latency-probe-moving'] as const;
const SETTLE_MS = 3_000;

type Record = StepFigures & { codec: (typeof CODECS)[number]; title: string };

/** The probe in H.264 and in AV1 on the same machine, in turn, and what the start-up probe found of their encoders. */
export async function codecs(words: readonly string[], config: Config): Promise<number> {
  const choices = parse(words);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const progress = new Progress(process.stderr);
  const browser = await launchBrowser();
  const machine = describeMachine(config.repository, browser.version());
  const startedAt = new Date().toISOString();
  const records: Record[] = [];
  let probed: string[] = [];
  progress.stage('The probe in H.264 and in AV1');
  const servers = new Map<string, Kilat>();
  try {
    for (const codec of CODECS)
      servers.set(codec, await startServers({ slots: 2, env: { KILAT_EDGE_CODEC: codec, KILAT_HOLD_SECONDS: '0.2' } }));
    const steps = TITLES.flatMap((title) =>
      Array.from({ length: choices.rounds }, (_, round) => (round % 2 === 0 ? CODECS : CODECS.toReversed()))
        .flat()
        .map((codec) => ({ codec, title })),
    );
    for (const [place, { codec, title }] of steps.entries()) {
      const kilat = servers.get(codec) as Kilat;
      const plan = { kilat, browser, titleId: title, players: 1, presses: choices.presses, settleMs: SETTLE_MS };
      const figures = await playTogether({ ...plan, signal: stop.signal });
      records.push({ codec, title, ...figures });
      progress.step(place + 1, steps.length, `steps; ${codec} ${figures.players[0]?.latencyMs?.p50.toFixed(1)} ms`);
    }
    probed = await probedEncoders(servers.get('av1') as Kilat);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    for (const kilat of servers.values()) await kilat.close();
    await browser.close().catch(() => {});
  }
  const results = join(config.results, `codecs-${startedAt.slice(0, 19).replaceAll(':', '')}-${machine.commit}`);
  await mkdir(results, { recursive: true });
  await writeFile(
    join(results, 'result.json'),
    JSON.stringify({ format: 1, startedAt, choices, machine, records, probed }),
  );
  for (const title of TITLES) for (const codec of CODECS) console.log(row(title, codec, records));
  console.log(`\n${probed.join('\n')}\n${results}/result.json`);
  return stop.signal.aborted ? 1 : 0;
}

function row(title: string, codec: string, records: readonly Record[]): string {
  const own = records.filter((record) => record.title === title && record.codec === codec);
  const median = (read: (record: Record) => number | undefined) => {
    const values = own.map((record) => read(record) ?? Number.NaN);
    return (distribution(values)?.p50 ?? Number.NaN).toFixed(2);
  };
  return [
    `${title} ${codec}: median of ${own.length} runs:`,
    `p50 ${median(({ players }) => players[0]?.latencyMs?.p50)} ms,`,
    `p95 ${median(({ players }) => players[0]?.latencyMs?.p95)} ms,`,
    `${median(({ players }) => players[0]?.framesPerSecond)} fps,`,
    `encode p95 ${median(({ edgeEncodeP95Ms }) => edgeEncodeP95Ms)} ms,`,
    `session process ${median(({ cores }) => cores.session)} cores`,
  ].join(' ');
}

/** The start-up probe's figures of the encoders that work, as metrics. */
async function probedEncoders({ statusPort }: Kilat): Promise<string[]> {
  const metrics = await fetch(`http://127.0.0.1:${statusPort}/metrics`).then((answer) => answer.text());
  return metrics.split('\n').filter((line) => /^kilat_edge_encoder_(frame|psnr)/.test(line));
}

function parse(words: readonly string[]): { rounds: number; presses: number } {
  const { values } = parseArgs({
    args: [...words],
    options: { rounds: { type: 'string', default: '4' }, presses: { type: 'string', default: '40' } },
  });
  const [rounds, presses] = [Number(values.rounds), Number(values.presses)];
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(presses) || presses < 1)
    throw new UsageError('codecs: --rounds and --presses are whole numbers from 1 on');
  return { rounds, presses };
}
