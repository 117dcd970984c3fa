import { LATENCY_STAGES, type LatencyStage } from '@kilat/shared/latency/stages';
import type { Usage } from '../measure/block.ts';
import type { ProductName, Variant } from '../products/product.ts';
import type { PressReading } from '../sampler/page/sampler.ts';
import type { BlockRecord, Result } from './result.ts';

// Made-up results for the tests of this folder.

export function aUsage(cores: Record<string, number>, seconds = 10): Usage {
  return {
    seconds,
    cores,
    traffic: {
      bytesReceived: 10_000_000,
      framesDecoded: 600,
      framesDropped: 0,
      jitterBufferDelaySeconds: 0.6,
      jitterBufferFrames: 600,
      decodeSeconds: 0.9,
      keyFrames: 1,
      packetsLost: 0,
      audioJitterBufferDelaySeconds: 0,
      audioJitterBufferSamples: 0,
    },
  };
}

export function aPress(totalMs: number | null, keyAtMs = 1_000): PressReading {
  const stagesMs = Object.fromEntries(LATENCY_STAGES.map((stage) => [stage, 1])) as Record<LatencyStage, number>;
  return {
    code: 'KeyA',
    keyAtMs,
    totalMs,
    shownMs: totalMs === null ? null : totalMs - 0.5,
    exact: true,
    hashAgrees: true,
    byTimer: false,
    edge: totalMs === null ? null : { stagesMs, clockUncertaintyMs: 0.2, frame: 'same' },
  };
}

export function aBlock(
  product: ProductName,
  variant: Variant,
  totals: readonly (number | null)[],
  more: Partial<BlockRecord> = {},
): BlockRecord {
  return {
    product,
    variant,
    atMs: 0,
    presses: totals.map((totalMs, place) => aPress(totalMs, 1_000 + 200 * place)),
    finalAgrees: true,
    unreadable: 0,
    readCostsMs: [0.4, 0.5],
    usage: aUsage(product === 'kilat' ? { agent: 0.1, session: 0.3 } : { Xtigervnc: 0.3 }),
    ...more,
  };
}

export function aResult(more: Partial<Result> = {}): Result {
  return {
    format: 1,
    startedAt: '2026-11-23T03:15:51.000Z',
    endedAt: '2026-11-23T03:20:00.000Z',
    stopped: null,
    choices: {
      parts: ['input', 'launch', 'sound'],
      inputs: 4,
      launches: 2,
      clicks: 2,
      paths: [],
      title: 'latency-probe-busy',
      timeShare: 1,
      silenceSeconds: 10,
      yardstick: true,
    },
    machine: {
      commit: '0123456789ab',
      dirty: true,
      cpu: 'A <fast> one',
      cores: 2,
      memoryMb: 8_000,
      kernel: '6.1',
      node: 'v24.0.0',
      chromium: '156.0',
      yardstick: 'novnc 1.3',
      loadBefore: 0.1,
      workMs: 120,
    },
    blocks: [
      aBlock('kilat', 'still', [14, 15, 16, 17]),
      aBlock('novnc', 'still', [28, 30, 32, 34]),
      aBlock('kilat', 'moving', [25, 30, 35, 40]),
    ],
    silences: [{ product: 'kilat', atMs: 0, usage: aUsage({ agent: 0.02, session: 0.03 }) }],
    launches: [
      {
        slot: 'warm',
        atMs: 0,
        frameMs: 300,
        drawnMs: 320,
        edgeFrameMs: 210,
        stagesMs: { asking: 40, connecting: 200, 'first-frame': 300 },
      },
      {
        slot: 'cold',
        atMs: 0,
        frameMs: 1_800,
        drawnMs: 3_400,
        edgeFrameMs: 1_700,
        stagesMs: { asking: 50, connecting: 210, 'first-frame': 1_800 },
      },
    ],
    clicks: [{ atMs: 0, heardMs: 90 }],
    network: [],
    ...more,
  };
}
