import { parseArgs } from 'node:util';

/** What `all` measures; the other parts are asked for by name. */
export const USUAL_PARTS = ['input', 'launch', 'sound'] as const;
export const PARTS = [...USUAL_PARTS, 'network'] as const;
export type Part = (typeof PARTS)[number];

/** What this run measures. */
export interface Choices {
  parts: readonly Part[];
  /** Key presses that count, per product and variant. */
  inputs: number;
  /** Launches that count, per warm and cold. */
  launches: number;
  clicks: number;
  /** Names of the network paths to measure; all of them where none is named. */
  paths: readonly string[];
  /** What is played on the network paths. */
  title: string;
  /** Share of its usual time that each path is measured for. */
  timeShare: number;
  /** Silence over which a still screen's processor time is taken. */
  silenceSeconds: number;
  yardstick: boolean;
}

export const USAGE = `npm run bench -- [input|launch|sound|all|network] [--inputs N] [--launches N] [--clicks N] [--path NAME]… [--title NAME] [--no-yardstick] [--quick]
  --inputs N      key presses per product and variant (500)
  --launches N    launches each of a warm and of a cold slot (60)
  --clicks N      clicks heard (100)
  --path NAME     a network path: clean-40, loss-1, halved, bursts-5 or a trace (all of them)
  --title NAME    what is played on it (latency-probe-busy); for a game the figures are its input → next frame
  --no-yardstick  Kilat alone, without TigerVNC + noVNC
  --quick         a tenth of everything: shows that it runs, measures little`;

/** A command line that asks for something this bench does not know. */
export class UsageError extends Error {}

export function parseChoices(words: readonly string[]): Choices {
  const { positionals, values } = parse(words);
  const [asked = 'all', ...more] = positionals;
  if (more.length > 0 || !(asked === 'all' || isPart(asked)))
    throw new UsageError(`${positionals.join(' ')} is not something to measure`);
  const share = values.quick === true ? 0.1 : 1;
  const count = (name: 'inputs' | 'launches' | 'clicks', usual: number) => {
    const text = values[name];
    if (text === undefined) return Math.ceil(usual * share);
    if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError(`--${name} wants a whole number from 1`);
    return Number(text);
  };
  return {
    parts: asked === 'all' ? USUAL_PARTS : [asked],
    inputs: count('inputs', 500),
    launches: count('launches', 60),
    clicks: count('clicks', 100),
    paths: values.path ?? [],
    title: values.title ?? 'latency-probe-busy',
    timeShare: share,
    silenceSeconds: values.quick === true ? 3 : 10,
    yardstick: values['no-yardstick'] !== true,
  };
}

const isPart = (word: string): word is Part => (PARTS as readonly string[]).includes(word);

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        inputs: { type: 'string' },
        launches: { type: 'string' },
        clicks: { type: 'string' },
        path: { type: 'string', multiple: true },
        title: { type: 'string' },
        'no-yardstick': { type: 'boolean' },
        quick: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
