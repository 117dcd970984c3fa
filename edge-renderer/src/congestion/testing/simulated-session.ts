import { encodeArrivalReport } from '@kilat/shared/media/arrival-report';
import { ImpairedLink } from '@kilat/shared/network/impaired-link';
import type { Direction, LinkStep } from '@kilat/shared/network/profile';
import { seededRandom } from '@kilat/shared/network/seeded-random';
import type { DisplaySpec } from '@kilat/shared/title/manifest';
import type { Rendition } from '@kilat/shared/media/rendition';
import type { SentFrame } from '../../container/messages.ts';
import { FrameBudget } from '../../encode/frame-budget.ts';
import { SessionRendition } from '../session-rendition.ts';

// A whole session without its machines, for the policy's tests: an encoder that gives what it is asked for, packets over
// a seeded link, retransmission after a round trip, a browser that shows the newest frame at its own 60 Hz and reports.

const PACKET_BYTES = 1_180;
const PACKET_OVERHEAD = 42;
const STEP_MS = 1;
const VSYNC_MS = 16.7;
const REPORT_MS = 25;
const DECODE_MS = 3;
const PROBE_BYTES = 60;

export interface SimulatedSession {
  /** Queue of the bottleneck, each ms. */
  queueMs: number[];
  renditions: { atMs: number; rendition: Rendition }[];
  shown: { atMs: number; delayMs: number }[];
  deliveredKbps(fromMs: number, toMs: number): number;
  keyFrames: number;
}

export interface SimulationOptions {
  seconds: number;
  steps: LinkStep[];
  seed: number;
  display?: DisplaySpec;
  ceilingKbps?: number;
  /** Share of what it is given that the picture wants, 1: all of it. */
  appetite?: number;
  /** The page is hidden: it shows nothing and says nothing. */
  away?: { fromMs: number; untilMs: number };
  /** The receiver's machine: how often a second it stands still, and for how long at most, ms. */
  hiccups?: { perSecond: number; mostMs: number };
  /** The edge's machine: this share of its captures come late, by so much at most, ms; what is late for the next is left out. */
  lateCaptures?: { share: number; mostMs: number };
}

interface Packet {
  /** A frame's number, or a probe's id. */
  frame?: number;
  probe?: number;
  sentMs: number;
}

interface FlyingFrame {
  capturedMs: number;
  rtpTimestamp: number;
  missing: number;
  arrivedMs: number;
  key: boolean;
}

export function simulateSession(options: SimulationOptions): SimulatedSession {
  const { seconds, steps, seed, display = { width: 1280, height: 720, fps: 60 }, ceilingKbps = 8_000 } = options;
  const random = seededRandom(seed + 99);
  const down: Direction = { steps };
  const link = new ImpairedLink<Packet>(down, seed, 0);
  const resent: { atMs: number; packet: Packet }[] = [];
  const frames = new Map<number, FlyingFrame>();
  const bytesAt: number[] = [];
  const queueMs: number[] = [];
  const shown: SimulatedSession['shown'] = [];
  const renditions: SimulatedSession['renditions'] = [];
  const reports: { atMs: number; packet: Uint8Array }[] = [];
  const nacks: number[] = [];
  let nowMs = 0;
  let heldUntilMs = 0;
  let keyWanted = true;
  let keyFrames = 0;
  let [nextFrame, nextDecoded] = [0, 0];
  let [slotMs, nextCaptureMs] = [0, 0];
  let nextVsyncMs = 0;
  let stoppedUntilMs = 0;
  let rendition: Rendition = { bitrateKbps: 3_000, framesPerSecond: display.fps, width: 0, height: 0 };
  const budget = new FrameBudget(rendition);
  let latestShown: { rtpTimestamp: number; arrivedMs: number }[] = [];
  let latestProbes: { id: number; arrivedMs: number }[] = [];
  let probeAtMs = Number.POSITIVE_INFINITY;
  let reportedAtMs = 0;
  let toShow: FlyingFrame | undefined;
  // Clocks of edge and player differ.
  const offsetMs = 123_456.7;
  const rtt = () => 2 * (steps.findLast(({ fromMs }) => fromMs <= nowMs)?.delayMs ?? 0);

  const session = new SessionRendition(display, ceilingKbps, true, {
    rendition(next, hold) {
      rendition = next;
      budget.use(next);
      renditions.push({ atMs: nowMs, rendition: next });
      if (hold !== undefined) heldUntilMs = hold;
    },
    told() {},
    keyFrame() {
      keyWanted = true;
    },
    forget() {
      keyWanted = true;
      waiting.clear();
      resent.length = 0;
    },
  });

  function lateMs(): number {
    const { share, mostMs } = options.lateCaptures ?? { share: 0, mostMs: 0 };
    return share > 0 && random() < share ? random() * mostMs : 0;
  }

  function capture(): void {
    const frame = nextFrame++;
    const perFrame = (budget.frameKbps * 1000) / 8 / rendition.framesPerSecond;
    const bytes = Math.max(100, Math.round(perFrame * (options.appetite ?? 1) * (0.8 + 0.4 * random())));
    const packets = Math.ceil(bytes / PACKET_BYTES);
    const rtpTimestamp = Math.round(nowMs * 90) >>> 0;
    frames.set(frame, { capturedMs: nowMs, rtpTimestamp, missing: packets, arrivedMs: 0, key: keyWanted });
    if (keyWanted) keyFrames += 1;
    keyWanted = false;
    for (let packet = 0; packet < packets; packet++) send({ frame, sentMs: nowMs }, bytes / packets);
    session.frameSent({ rtpTimestamp, sentMs: nowMs, bytes } as SentFrame);
    probeAtMs = nowMs + session.probeAfterMs;
  }

  function probe(): void {
    probeAtMs = Number.POSITIVE_INFINITY;
    const id = session.probeSent(nowMs);
    // One that is lost is of no use: it is not sent again.
    if (id !== undefined) link.push({ probe: id, sentMs: nowMs }, PROBE_BYTES, nowMs);
  }

  function send(packet: Packet, bytes: number): void {
    link.push(packet, bytes + PACKET_OVERHEAD, nowMs);
    waiting.add(packet);
  }
  const waiting = new Set<Packet>();

  function deliver(): void {
    for (const packet of link.due(nowMs)) {
      if (packet.probe !== undefined) probed(packet.probe);
      waiting.delete(packet);
      const frame = frames.get(packet.frame ?? -1);
      if (frame === undefined) continue;
      frame.missing -= 1;
      frame.arrivedMs = Math.max(stoppedUntilMs, nowMs);
    }
    // What is overdue was lost: the player's NACK and the packet sent again take a round trip.
    const overdueMs = rtt() + 2 * queueNow() + 15;
    for (const packet of waiting) {
      if (nowMs - packet.sentMs < overdueMs) continue;
      waiting.delete(packet);
      nacks.push(nowMs);
      if (frames.has(packet.frame ?? -1)) resent.push({ atMs: nowMs, packet: { ...packet, sentMs: nowMs } });
    }
    while (resent[0] !== undefined && resent[0].atMs <= nowMs) {
      const again = resent.shift();
      if (again !== undefined) send(again.packet, PACKET_BYTES);
    }
  }
  const queueNow = () => link.queueMs(nowMs);

  function probed(id: number): void {
    latestProbes = [...latestProbes, { id, arrivedMs: Math.max(stoppedUntilMs, nowMs) + offsetMs }].slice(-10);
    report();
  }

  function decode(): void {
    for (;;) {
      const key = [...frames].findLast(([number, { key, missing }]) => key && missing === 0 && number >= nextDecoded);
      if (key !== undefined && key[0] > nextDecoded && (frames.get(nextDecoded)?.missing ?? 0) > 0)
        nextDecoded = key[0];
      const frame = frames.get(nextDecoded);
      if (frame === undefined || frame.missing > 0 || nowMs < frame.arrivedMs + DECODE_MS) return;
      frames.delete(nextDecoded);
      for (const number of frames.keys()) if (number < nextDecoded) frames.delete(number);
      nextDecoded += 1;
      toShow = frame;
    }
  }

  function show(): void {
    if (nowMs < nextVsyncMs || nowMs < stoppedUntilMs) return;
    nextVsyncMs = nowMs + VSYNC_MS;
    if (toShow === undefined) return;
    shown.push({ atMs: nowMs, delayMs: nowMs - toShow.capturedMs });
    latestShown = [...latestShown, { rtpTimestamp: toShow.rtpTimestamp, arrivedMs: toShow.arrivedMs + offsetMs }].slice(
      -10,
    );
    toShow = undefined;
    report();
  }

  function report(): void {
    const { away } = options;
    if (nowMs - reportedAtMs < REPORT_MS || nowMs < stoppedUntilMs) return;
    if (away !== undefined && nowMs >= away.fromMs && nowMs < away.untilMs) return;
    reportedAtMs = nowMs;
    const { delivered, lost, overflowed } = link.counters;
    const packet = encodeArrivalReport({
      sentMs: nowMs + offsetMs,
      packetsReceived: delivered,
      packetsLost: lost + overflowed,
      nacks: 0,
      plis: 0,
      roundTripMs: rtt(),
      frames: latestShown,
      probes: latestProbes,
    });
    reports.push({ atMs: nowMs + rtt() / 2, packet });
  }

  session.connected();
  for (; nowMs < seconds * 1000; nowMs += STEP_MS) {
    const { hiccups } = options;
    if (hiccups !== undefined && random() < hiccups.perSecond / 1000)
      stoppedUntilMs = nowMs + random() * hiccups.mostMs;
    if (nowMs >= nextCaptureMs && nowMs >= heldUntilMs) {
      // A machine that captures in time gives every frame the same, after a pause too.
      if (options.lateCaptures !== undefined) budget.frame(nowMs);
      const frameMs = 1000 / rendition.framesPerSecond;
      const missed = options.lateCaptures === undefined ? 0 : Math.max(0, Math.floor((nowMs - slotMs) / frameMs));
      slotMs = Math.max(slotMs + (1 + missed) * frameMs, nowMs);
      nextCaptureMs = slotMs + lateMs();
      capture();
    }
    if (nowMs >= probeAtMs) probe();
    deliver();
    decode();
    const { away } = options;
    if (away === undefined || nowMs < away.fromMs || nowMs >= away.untilMs) show();
    while (nacks[0] !== undefined && nacks[0] <= nowMs) {
      nacks.shift();
      session.nacked(nowMs);
    }
    while (reports[0] !== undefined && reports[0].atMs <= nowMs) {
      const report = reports.shift();
      if (report !== undefined) session.report(report.packet, nowMs);
    }
    queueMs.push(queueNow());
    bytesAt.push(link.counters.deliveredBytes);
  }
  return {
    queueMs,
    renditions,
    shown,
    keyFrames,
    deliveredKbps: (from, to) => (8 * ((bytesAt[to - 1] ?? 0) - (bytesAt[from] ?? 0))) / (to - from),
  };
}
