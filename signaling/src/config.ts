import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { S3Place } from './saves/s3-blobs.ts';
import { StartupProblem } from './startup-problem.ts';

const trustProxy = z.union([
  z.stringbool(),
  z.string().regex(/^[0-9a-fA-F.:/,]+$/, 'is neither yes, no, nor a list of addresses'),
]);
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const Environment = z.object({
  KILAT_HOST: z.string().min(1).default('127.0.0.1'),
  KILAT_PORT: z.coerce.number('is not a number').int().min(0).max(65_535).default(8080),
  KILAT_DATA: z.string().min(1).default('.kilat'),
  KILAT_CACHE: z.string().min(1).optional(),
  KILAT_TITLES: z.string().default(''),
  KILAT_PUBLIC_URL: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }).optional(),
  KILAT_TLS_CERT: z.string().min(1).optional(),
  KILAT_TLS_KEY: z.string().min(1).optional(),
  KILAT_SAVES_S3_URL: z.url({ protocol: /^https?$/, error: 'is not an http or https address' }).optional(),
  KILAT_SAVES_S3_REGION: z.string().min(1).default('us-east-1'),
  KILAT_SAVES_S3_KEY: z.string().min(1).optional(),
  KILAT_SAVES_S3_SECRET: z.string().min(1).optional(),
  KILAT_TRUST_PROXY: trustProxy.default(false),
  KILAT_LOG_LEVEL: z.enum(logLevels, `is none of ${logLevels.join(', ')}`).default('info'),
});

/** Everything the Indexer may be told from outside; paths are absolute. */
export interface IndexerConfig {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Holds `indexer/`: database, secret, lock. */
  dataFolder: string;
  /** Holds what can be made again: the initialised database template. */
  cacheFolder: string;
  /** Manifest folders besides the bundled one. */
  titleFolders: string[];
  /** The built player. */
  playerFolder: string;
  /** Origin under which players reach the Indexer, without a trailing slash; undefined: the listening address. */
  publicUrl: string | undefined;
  tls: { certFile: string; keyFile: string } | undefined;
  /** The bucket that holds players' saves; undefined: a folder inside `indexer/`. */
  savesS3: S3Place | undefined;
  /** Whose `X-Forwarded-*` headers count: everyone's, nobody's, or those of listed addresses. */
  trustProxy: boolean | string;
  logLevel: (typeof logLevels)[number];
}

/** Reads the environment; throws a StartupProblem that names each bad setting. */
export function readConfig(environment: Record<string, string | undefined>, folder: string): IndexerConfig {
  // An empty variable is how a shell or a compose file leaves one out.
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `${String(issue.path[0])} (${given[String(issue.path[0])]}): ${issue.message}`,
    );
    throw new StartupProblem('bad-setting', `These settings cannot be used: ${faults.join('; ')}.`);
  }
  const settings = parsed.data;
  if ((settings.KILAT_TLS_CERT === undefined) !== (settings.KILAT_TLS_KEY === undefined)) {
    throw new StartupProblem('bad-setting', 'KILAT_TLS_CERT and KILAT_TLS_KEY belong together: set both or neither.');
  }
  const {
    KILAT_SAVES_S3_URL: bucketUrl,
    KILAT_SAVES_S3_KEY: accessKeyId,
    KILAT_SAVES_S3_SECRET: secretAccessKey,
  } = settings;
  if (bucketUrl !== undefined && (accessKeyId === undefined || secretAccessKey === undefined)) {
    throw new StartupProblem(
      'bad-setting',
      'KILAT_SAVES_S3_URL needs the key pair of the bucket: set KILAT_SAVES_S3_KEY and KILAT_SAVES_S3_SECRET.',
    );
  }
  return {
    host: settings.KILAT_HOST,
    port: settings.KILAT_PORT,
    dataFolder: resolve(folder, settings.KILAT_DATA),
    cacheFolder: resolve(folder, settings.KILAT_CACHE ?? join(homedir(), '.cache', 'kilat')),
    titleFolders: settings.KILAT_TITLES.split(':')
      .filter((path) => path !== '')
      .map((path) => resolve(folder, path)),
    playerFolder: resolve(import.meta.dirname, '../../desktop/dist'),
    publicUrl: settings.KILAT_PUBLIC_URL?.replace(/\/+$/, ''),
    tls:
      settings.KILAT_TLS_CERT === undefined || settings.KILAT_TLS_KEY === undefined
        ? undefined
        : { certFile: resolve(folder, settings.KILAT_TLS_CERT), keyFile: resolve(folder, settings.KILAT_TLS_KEY) },
    savesS3:
      bucketUrl === undefined || accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : { bucketUrl, region: settings.KILAT_SAVES_S3_REGION, accessKeyId, secretAccessKey },
    trustProxy: settings.KILAT_TRUST_PROXY,
    logLevel: settings.KILAT_LOG_LEVEL,
  };
}
