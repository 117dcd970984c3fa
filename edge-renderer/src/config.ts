import { availableParallelism, tmpdir } from 'node:os';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { ProviderId, TitleId } from '@kilat/shared/ids';
import { LogLevel, Port, readSettings } from '@kilat/shared/server/settings';
import { z } from 'zod';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** Every variable the edge reads; see README for what each one means to an operator. */
const Environment = z.object({
  KILAT_INDEXER_URL: z.url().default('http://127.0.0.1:8080'),
  KILAT_ENROLMENT_TOKEN: z.string().optional(),
  KILAT_DATA: z.string().default('.kilat'),
  KILAT_TITLES: z.string().default(''),
  KILAT_EDGE_ADDRESS: z.union([z.ipv4(), z.ipv6()], 'is no IP address').default('127.0.0.1'),
  KILAT_EDGE_PORT: Port.default(44_380),
  KILAT_EDGE_STATUS_PORT: Port.default(8081),
  KILAT_EDGE_SLOTS: z.coerce.number().int().min(1).max(64).default(Math.max(1, availableParallelism())),
  KILAT_EDGE_WARM: list.pipe(z.array(TitleId)).default([]),
  KILAT_PROVIDER: ProviderId.default(ProviderId.parse('home')),
  KILAT_REGION: z.string().min(1).max(40).default('local'),
  KILAT_PRICE_MICRO_USD: z.coerce.number().int().nonnegative().default(0),
  KILAT_BITRATE_KBPS: z.coerce.number().int().min(500).max(50_000).default(8_000),
  KILAT_HOLD_SECONDS: z.coerce.number().positive().default(60),
  KILAT_IDLE_MINUTES: z.coerce.number().positive().default(15),
  KILAT_LOG_LEVEL: LogLevel.default('info'),
  MEDIASOUP_WORKER_BIN: z.string().optional(),
});

export type EdgeConfig = ReturnType<typeof readConfig>;

/** Reads the environment; throws `BadSettings`, one sentence that names each bad variable. */
export function readConfig(environment: Record<string, string | undefined>) {
  const env = readSettings(Environment, environment);
  return {
    indexerUrl: env.KILAT_INDEXER_URL,
    enrolmentToken: env.KILAT_ENROLMENT_TOKEN,
    dataFolder: resolve(env.KILAT_DATA, 'edge'),
    titleFolders: env.KILAT_TITLES.split(':').filter((folder) => folder !== ''),
    address: env.KILAT_EDGE_ADDRESS,
    port: env.KILAT_EDGE_PORT,
    statusPort: env.KILAT_EDGE_STATUS_PORT,
    slots: env.KILAT_EDGE_SLOTS,
    warm: env.KILAT_EDGE_WARM,
    providerId: env.KILAT_PROVIDER,
    region: env.KILAT_REGION,
    pricePerSlotMinuteMicroUsd: env.KILAT_PRICE_MICRO_USD,
    bitrateKbps: env.KILAT_BITRATE_KBPS,
    holdMs: env.KILAT_HOLD_SECONDS * 1000,
    idleMs: env.KILAT_IDLE_MINUTES * 60_000,
    logLevel: env.KILAT_LOG_LEVEL,
    workerBinary: env.MEDIASOUP_WORKER_BIN,
    scratchFolder: scratchFolder(),
  };
}

/** Sessions live in memory where the host allows: a framebuffer file on disk would be written back all the time. */
function scratchFolder(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
