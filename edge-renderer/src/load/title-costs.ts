import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TitleId } from '@kilat/shared/ids';
import { z } from 'zod';
import type { SessionCost } from './admit.ts';

const TitleCost = z.object({ cores: z.number().nonnegative(), memoryMb: z.number().nonnegative() });
const CostFile = z.record(TitleId, TitleCost);

/** Of a title nobody has played here yet; the costliest known one where that is more. */
const UNKNOWN: SessionCost = { cores: 0.6, memoryMb: 400 };
/** A title grows costlier at once in a busy scene, and cheaper slowly in a menu. */
const RISE = 0.3;
const FALL = 0.02;

const FILE = 'title-costs.json';

/** What a session of each title costs on this machine, learned while they are played and kept between runs. */
export class TitleCosts {
  readonly #path: string;
  readonly #costs: Map<TitleId, SessionCost>;

  private constructor(path: string, costs: Map<TitleId, SessionCost>) {
    this.#path = path;
    this.#costs = costs;
  }

  /** Reads what earlier runs learned; a file that makes no sense is begun anew. */
  static async load(folder: string): Promise<TitleCosts> {
    const path = join(folder, FILE);
    const text = await readFile(path, 'utf8').catch(() => '{}');
    const parsed = CostFile.safeParse(parseJson(text));
    return new TitleCosts(
      path,
      new Map(parsed.success ? (Object.entries(parsed.data) as [TitleId, SessionCost][]) : []),
    );
  }

  of(titleId: TitleId): SessionCost {
    const known = this.#costs.get(titleId);
    if (known !== undefined) return known;
    const all = [UNKNOWN, ...this.#costs.values()];
    return {
      cores: Math.max(...all.map(({ cores }) => cores)),
      memoryMb: Math.max(...all.map(({ memoryMb }) => memoryMb)),
    };
  }

  /** The least that any known title costs; undefined before the first was played. */
  get cheapest(): SessionCost | undefined {
    return [...this.#costs.values()].sort((a, b) => a.cores - b.cores)[0];
  }

  get known(): [TitleId, SessionCost][] {
    return [...this.#costs];
  }

  /** Takes in what a session that is being played uses now. */
  learn(titleId: TitleId, seen: SessionCost): void {
    const known = this.#costs.get(titleId);
    if (known === undefined) this.#costs.set(titleId, seen);
    else
      this.#costs.set(titleId, {
        cores: towards(known.cores, seen.cores),
        memoryMb: towards(known.memoryMb, seen.memoryMb),
      });
  }

  async save(): Promise<void> {
    await writeFile(`${this.#path}.new`, JSON.stringify(Object.fromEntries(this.#costs)));
    await rename(`${this.#path}.new`, this.#path);
  }
}

const towards = (known: number, seen: number): number => known + (seen > known ? RISE : FALL) * (seen - known);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
