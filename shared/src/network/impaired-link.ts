import type { Direction, LinkStep, PacketLoss } from './profile.ts';
import { seededRandom } from './seeded-random.ts';

/** IPv4 and UDP headers, which a link carries beside each datagram. */
const HEADER_BYTES = 28;

interface Waiting<Packet> {
  packet: Packet;
  bits: number;
  arrivedMs: number;
}

/** What became of the packets so far. */
export interface LinkCounters {
  delivered: number;
  deliveredBytes: number;
  lost: number;
  /** Dropped because the bottleneck's queue was full. */
  overflowed: number;
}

/**
 * One direction of a network path: a bottleneck with a queue, then loss, then delay. It has no clock of its own; times
 * are ms on the caller's, and must not go backwards. The same seed and the same packets give the same outcome.
 *
 * Inside, times are ms since the path began: its steps then end at whole numbers, which no rounding moves. On the caller's
 * clock the end of a step could lie before itself, and a packet on both sides of it was never sent.
 */
export class ImpairedLink<Packet> {
  readonly counters: LinkCounters = { delivered: 0, deliveredBytes: 0, lost: 0, overflowed: 0 };
  readonly #direction: Direction;
  readonly #startMs: number;
  readonly #random: () => number;
  readonly #queue: Waiting<Packet>[] = [];
  readonly #travelling: { packet: Packet; bytes: number; atMs: number }[] = [];
  #queuedBits = 0;
  #freeAtMs = 0;
  #lastDeliveryMs = Number.NEGATIVE_INFINITY;
  #bad = false;

  constructor(direction: Direction, seed: number, startMs: number) {
    this.#direction = direction;
    this.#startMs = startMs;
    this.#random = seededRandom(seed);
  }

  /** Takes a datagram of `bytes`; false when the queue is full. */
  push(packet: Packet, bytes: number, nowMs: number): boolean {
    const atMs = this.#since(nowMs);
    this.#serve(atMs);
    const step = this.#stepAt(atMs).step;
    const bits = 8 * (bytes + HEADER_BYTES);
    const heldBits = this.#queuedBits + bits;
    const tooLong = step.queueMs !== undefined && step.kbps !== undefined && heldBits > step.queueMs * step.kbps;
    if (tooLong || (step.queueBytes !== undefined && heldBits > 8 * step.queueBytes)) {
      this.counters.overflowed += 1;
      return false;
    }
    this.#queue.push({ packet, bits, arrivedMs: atMs });
    this.#queuedBits = heldBits;
    this.#serve(atMs);
    return true;
  }

  /** The packets that have arrived at the far end by now, in order. */
  due(nowMs: number): Packet[] {
    const atMs = this.#since(nowMs);
    this.#serve(atMs);
    const arrived: Packet[] = [];
    for (let next = this.#travelling[0]; next !== undefined && next.atMs <= atMs; next = this.#travelling[0]) {
      this.#travelling.shift();
      this.counters.delivered += 1;
      this.counters.deliveredBytes += next.bytes;
      arrived.push(next.packet);
    }
    return arrived;
  }

  /** When `due` may have something, as known now; undefined while nothing is under way. */
  nextMs(nowMs: number): number | undefined {
    const arrivalMs = this.#travelling[0]?.atMs ?? Number.POSITIVE_INFINITY;
    const head = this.#queue[0];
    const servedMs =
      head === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(this.#since(nowMs), this.#sentBy(Math.max(this.#freeAtMs, head.arrivedMs), head.bits));
    const nextMs = Math.min(arrivalMs, servedMs);
    return nextMs === Number.POSITIVE_INFINITY ? undefined : this.#startMs + nextMs;
  }

  /** How long the bottleneck needs for what it holds, at its rate of now, ms. */
  queueMs(nowMs: number): number {
    const atMs = this.#since(nowMs);
    this.#serve(atMs);
    const head = this.#queue[0];
    if (head === undefined) return 0;
    const { step } = this.#stepAt(atMs);
    if (step.kbps === undefined) return 0;
    const begunMs = Math.max(this.#freeAtMs, head.arrivedMs);
    const rest = this.#queuedBits - Math.max(0, atMs - begunMs) * step.kbps;
    return step.kbps === 0 ? atMs - begunMs : Math.max(0, rest / step.kbps);
  }

  /** From the caller's clock to ms since the path began. */
  #since(nowMs: number): number {
    return Math.max(0, nowMs - this.#startMs);
  }

  #serve(untilMs: number): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      const sentMs = this.#sentBy(Math.max(this.#freeAtMs, head.arrivedMs), head.bits);
      if (sentMs > untilMs) return;
      this.#queue.shift();
      this.#queuedBits -= head.bits;
      this.#freeAtMs = sentMs;
      this.#leave(head, sentMs);
    }
  }

  #leave({ packet, bits }: Waiting<Packet>, sentMs: number): void {
    const { delayMs = 0, jitterMs = 0, loss } = this.#stepAt(sentMs).step;
    const jitter = jitterMs * this.#random();
    if (this.#loses(loss)) {
      this.counters.lost += 1;
      return;
    }
    const atMs = Math.max(this.#lastDeliveryMs, sentMs + delayMs + jitter);
    this.#lastDeliveryMs = atMs;
    this.#travelling.push({ packet, bytes: bits / 8, atMs });
  }

  #loses(loss: PacketLoss | undefined): boolean {
    if (loss === undefined) return false;
    const chance = this.#random();
    if (loss.kind === 'random') return chance < loss.percent / 100;
    const share = loss.percent / 100;
    const leaveBad = 1 / loss.meanBurstPackets;
    // In balance as many bursts begin as end: share × leaveBad = (1 − share) × enterBad.
    const enterBad = (share * leaveBad) / (1 - share);
    this.#bad = this.#bad ? chance >= leaveBad : chance < enterBad;
    return this.#bad;
  }

  /** When the last of `bits` has left the bottleneck, begun at `beginMs`. */
  #sentBy(beginMs: number, bits: number): number {
    let [atMs, rest] = [beginMs, bits];
    for (;;) {
      const { step, untilMs } = this.#stepAt(atMs);
      if (step.kbps === undefined) return atMs;
      const doneMs = step.kbps === 0 ? Number.POSITIVE_INFINITY : atMs + rest / step.kbps;
      if (doneMs <= untilMs || untilMs === Number.POSITIVE_INFINITY) return doneMs;
      rest -= (untilMs - atMs) * step.kbps;
      atMs = untilMs;
    }
  }

  #stepAt(atMs: number): { step: LinkStep; untilMs: number } {
    const { steps, repeatMs } = this.#direction;
    const roundMs = repeatMs === undefined ? 0 : Math.floor(atMs / repeatMs) * repeatMs;
    const inRoundMs = atMs - roundMs;
    const place = Math.max(
      0,
      steps.findLastIndex(({ fromMs }) => fromMs <= inRoundMs),
    );
    const untilMs = steps[place + 1]?.fromMs ?? repeatMs ?? Number.POSITIVE_INFINITY;
    return { step: steps[place] as LinkStep, untilMs: roundMs + untilMs };
  }
}
