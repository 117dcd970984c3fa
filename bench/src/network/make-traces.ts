import { writeFileSync } from 'node:fs';
import { type LinkStep, NetworkProfile } from '@kilat/shared/network/profile';
import { seededRandom } from '@kilat/shared/network/seeded-random';

// Writes the traces: a minute each of what mobile and wireless links do, drawn with a seed rather than recorded, so that
// nobody's journey is published. `node bench/src/network/make-traces.ts` writes the same files again.

const STEP_MS = 500;
const STEPS = 120;

interface Style {
  name: string;
  about: string;
  seed: number;
  /** Capacity in the middle and its bounds, kbps; `spread`: of its logarithm, per step. */
  kbps: { middle: number; least: number; most: number; spread: number };
  /** Handovers and contention: chance per step, and capacity meanwhile, kbps. */
  dips: { chance: number; kbps: number };
  delayMs: number;
  jitterMs: number;
  queueMs: number;
  loss?: LinkStep['loss'];
  upKbps: number;
}

const STYLES: Style[] = [
  {
    name: 'trace-3g',
    about: '3G: 1 to 4 Mb/s, 120 ms round trip, a deep queue, short outages',
    seed: 31,
    kbps: { middle: 2_200, least: 900, most: 4_200, spread: 0.18 },
    dips: { chance: 0.03, kbps: 250 },
    delayMs: 60,
    jitterMs: 12,
    queueMs: 400,
    upKbps: 1_000,
  },
  {
    name: 'trace-4g',
    about: '4G: 3 to 25 Mb/s, 50 ms round trip, handovers',
    seed: 41,
    kbps: { middle: 9_000, least: 3_000, most: 25_000, spread: 0.22 },
    dips: { chance: 0.025, kbps: 1_200 },
    delayMs: 25,
    jitterMs: 6,
    queueMs: 250,
    loss: { kind: 'random', percent: 0.05 },
    upKbps: 6_000,
  },
  {
    name: 'trace-wifi',
    about: 'Wi-Fi shared with others: 30 Mb/s, contention, bursts of loss',
    seed: 51,
    kbps: { middle: 28_000, least: 8_000, most: 60_000, spread: 0.25 },
    dips: { chance: 0.06, kbps: 3_500 },
    delayMs: 8,
    jitterMs: 4,
    queueMs: 100,
    loss: { kind: 'bursts', percent: 0.3, meanBurstPackets: 4 },
    upKbps: 20_000,
  },
];

function trace(style: Style): NetworkProfile {
  const { name, about, seed, kbps, dips, delayMs, jitterMs, queueMs, loss, upKbps } = style;
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const fixed = { jitterMs, queueMs, ...(loss === undefined ? {} : { loss }) };
  let capacity = kbps.middle;
  const steps = Array.from({ length: STEPS }, (_, place): LinkStep => {
    const pull = 0.08 * Math.log(kbps.middle / capacity);
    capacity = Math.min(kbps.most, Math.max(kbps.least, capacity * Math.exp(pull + kbps.spread * normal())));
    const dipped = random() < dips.chance;
    return {
      fromMs: place * STEP_MS,
      kbps: Math.round(dipped ? dips.kbps : capacity),
      delayMs: Math.round(delayMs * (1 + 0.1 * random())),
      ...fixed,
    };
  });
  return NetworkProfile.parse({
    name,
    about,
    seed,
    down: { steps, repeatMs: STEPS * STEP_MS },
    up: { steps: [{ fromMs: 0, kbps: upKbps, delayMs, jitterMs, queueMs }] },
  });
}

for (const style of STYLES) {
  const { down, ...rest } = trace(style);
  const steps = down.steps.map((step) => `      ${JSON.stringify(step)}`).join(',\n');
  const { up, ...head } = rest;
  const text = `{
  ${Object.entries(head)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n  ')},
  "up": ${JSON.stringify(up)},
  "down": {
    "repeatMs": ${down.repeatMs},
    "steps": [
${steps}
    ]
  }
}
`;
  writeFileSync(new URL(`traces/${style.name.replace('trace-', '')}.json`, import.meta.url), text);
}
