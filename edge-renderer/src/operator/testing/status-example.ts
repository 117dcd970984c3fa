import { EdgeId, SessionId, TitleId } from '@kilat/shared/ids';
import type { EdgeStatus } from '../../status/edge-status.ts';

const AT_MS = Date.UTC(2026, 10, 25, 18, 0, 0);
const doom = TitleId.parse('freedoom');

/** An edge with one player, for tests and for drawing the operator's page. */
export const statusExample: EdgeStatus = {
  atMs: AT_MS,
  edgeId: EdgeId.parse(`e_${'3f'.repeat(20)}`),
  provider: 'home',
  region: 'local',
  upSinceMs: AT_MS - 5_400_000,
  indexer: { url: 'http://127.0.0.1:8080', connected: true },
  worker: { alive: true },
  encoder: 'x264',
  drawnBy: 'the processor',
  drainingSinceMs: null,
  slots: { count: 2, free: 1 },
  warm: [{ titleId: doom, wanted: 1, ready: 1, warming: 0 }],
  admission: { by: 'measured', open: true, why: null, lastRefusal: null },
  machine: {
    cpu: 'AMD EPYC',
    cores: 2,
    busyCores: 1.12,
    otherCores: 0.2,
    memoryMb: 16_000,
    memoryAvailableMb: 9_000,
    gpus: [],
    temperatures: [{ sensor: 'k10temp Tctl', celsius: 47.1 }],
  },
  costs: [{ titleId: doom, cores: 0.82, memoryMb: 310 }],
  sessions: [
    {
      sessionId: SessionId.parse('s_0123456789abcdefghjk'),
      titleId: doom,
      titleName: 'Freedoom: Phase 1',
      state: 'playing',
      cores: { session: 0.45, game: 0.31, display: 0.12, sound: 0.01 },
      memoryMb: 302,
      fps: 58.2,
      encodeMs: { p50: 4.6, p95: 7.9 },
      frameMs: { p50: 9.1, p95: 16.2 },
      inputMs: { p50: 11.4, p95: 19.8 },
      late: 12,
      dropped: 3,
    },
  ],
  history: Array.from({ length: 60 }, (_, place) => ({
    atMs: AT_MS - (60 - place) * 3_000,
    sessions: place < 20 ? 0 : 1,
    busyCores: place < 20 ? 0.1 : 1.1 + Math.sin(place / 4) * 0.15,
    slowestFps: place < 20 ? null : 57 + Math.sin(place / 3) * 3,
    totalFps: place < 20 ? null : 57 + Math.sin(place / 3) * 3,
    encodeP95Ms: place < 20 ? null : 7.5 + Math.sin(place / 5),
    frameP95Ms: place < 20 ? null : 15 + Math.sin(place / 5) * 2,
    inputP95Ms: place < 20 ? null : 19 + Math.sin(place / 5) * 3,
  })),
  troubles: [],
};
