import { availableParallelism, tmpdir } from 'node:os';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { ProviderId } from '@kilat/shared/ids';
import { LogLevel, Port, readSettings } from '@kilat/shared/server/settings';
import { z } from 'zod';
import { EncoderKind } from './encode/video-encoder.ts';
import { type Limits, machineAllowance } from './sandbox/limits.ts';
import { AllowedHosts } from './sandbox/network/network-setting.ts';
import { SANDBOX_NAMES } from './sandbox/sandbox.ts';
import { WarmWishes } from './slots/warm-wishes.ts';

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
  /** What players are told instead, where a NAT or a relay forwards another port to ours. */
  KILAT_EDGE_ANNOUNCED_PORT: Port.optional(),
  KILAT_EDGE_STATUS_PORT: Port.default(8081),
  KILAT_EDGE_SLOTS: z.coerce.number().int().min(1).max(64).default(Math.max(1, availableParallelism())),
  KILAT_EDGE_WARM: WarmWishes.default([]),
  KILAT_EDGE_ADMISSION: z.enum(['measured', 'slots']).default('measured'),
  KILAT_PROVIDER: ProviderId.default(ProviderId.parse('home')),
  KILAT_REGION: z.string().min(1).max(40).default('local'),
  KILAT_PRICE_MICRO_USD: z.coerce.number().int().nonnegative().default(0),
  KILAT_EDGE_ADAPTIVE: z.enum(['on', 'off']).default('on'),
  KILAT_BITRATE_KBPS: z.coerce.number().int().min(500).max(50_000).default(8_000),
  KILAT_EDGE_ENCODERS: list.pipe(z.array(EncoderKind)).default([...EncoderKind.options]),
  KILAT_EDGE_CODEC: z.enum(['auto', 'h264', 'av1']).default('auto'),
  KILAT_EDGE_DISPLAY: z.enum(['auto', 'xvfb', 'xorg']).default('auto'),
  KILAT_HOLD_SECONDS: z.coerce.number().positive().default(60),
  KILAT_IDLE_MINUTES: z.coerce.number().positive().default(15),
  KILAT_LOG_LEVEL: LogLevel.default('info'),
  KILAT_EDGE_SANDBOX: z.enum(['auto', ...SANDBOX_NAMES]).default('auto'),
  KILAT_EDGE_TITLE_MEMORY_MB: z.coerce.number().int().min(64).optional(),
  KILAT_EDGE_TITLE_CPUS: z.coerce.number().positive().optional(),
  KILAT_EDGE_TITLE_PIDS: z.coerce.number().int().min(8).optional(),
  KILAT_EDGE_TITLE_DISK_MB: z.coerce.number().int().min(1).optional(),
  KILAT_EDGE_TITLE_NETWORK: AllowedHosts.default([]),
  /** Set by Kubernetes in every container it runs. */
  KUBERNETES_SERVICE_HOST: z.string().optional(),
  KILAT_SAVE_SECONDS: z.coerce.number().min(1).max(3600).default(30),
  MEDIASOUP_WORKER_BIN: z.string().optional(),
  KILAT_NATIVE: z.string().optional(),
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
    announcedPort: env.KILAT_EDGE_ANNOUNCED_PORT,
    statusPort: env.KILAT_EDGE_STATUS_PORT,
    slots: env.KILAT_EDGE_SLOTS,
    warm: env.KILAT_EDGE_WARM,
    admission: env.KILAT_EDGE_ADMISSION,
    providerId: env.KILAT_PROVIDER,
    region: env.KILAT_REGION,
    pricePerSlotMinuteMicroUsd: env.KILAT_PRICE_MICRO_USD,
    bitrateKbps: env.KILAT_BITRATE_KBPS,
    followsPath: env.KILAT_EDGE_ADAPTIVE === 'on',
    encoders: env.KILAT_EDGE_ENCODERS,
    codec: env.KILAT_EDGE_CODEC,
    display: env.KILAT_EDGE_DISPLAY,
    holdMs: env.KILAT_HOLD_SECONDS * 1000,
    idleMs: env.KILAT_IDLE_MINUTES * 60_000,
    saveEveryMs: env.KILAT_SAVE_SECONDS * 1000,
    logLevel: env.KILAT_LOG_LEVEL,
    sandbox: env.KILAT_EDGE_SANDBOX,
    titleAllowance: allowance(env),
    titleNetwork: env.KILAT_EDGE_TITLE_NETWORK,
    insidePod: env.KUBERNETES_SERVICE_HOST !== undefined,
    workerBinary: env.MEDIASOUP_WORKER_BIN,
    nativeFolder: env.KILAT_NATIVE === undefined ? undefined : resolve(env.KILAT_NATIVE),
    scratchFolder: scratchFolder(),
  };
}

/** What a title may ask for; the machine is the bound where the operator sets none. */
function allowance(env: z.infer<typeof Environment>): Limits {
  const machine = machineAllowance();
  return {
    memoryMb: env.KILAT_EDGE_TITLE_MEMORY_MB ?? machine.memoryMb,
    cpus: env.KILAT_EDGE_TITLE_CPUS ?? machine.cpus,
    pids: env.KILAT_EDGE_TITLE_PIDS ?? machine.pids,
    diskMb: env.KILAT_EDGE_TITLE_DISK_MB ?? machine.diskMb,
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
