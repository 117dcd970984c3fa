import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BadSettings, LogLevel, Port, readSettings } from '@kilat/shared/server/settings';
import { z } from 'zod';
import { TrustedProxies } from './http/trusted-proxies.ts';
import { StartupProblem } from './startup-problem.ts';

const trustProxy = z.union(
  [z.stringbool(), z.string().refine(isAddressList)],
  'is neither yes, no, nor a list of addresses',
);
/** The page, its sockets and its covers are all asked for at the root of an origin. */
const isOrigin = (url: string): boolean => /^https?:\/\/[^/?#]+\/*$/.test(url);

const Environment = z.object({
  KILAT_HOST: z.string().min(1).default('127.0.0.1'),
  KILAT_PORT: Port.default(8080),
  KILAT_DATA: z.string().min(1).default('.kilat'),
  KILAT_CACHE: z.string().min(1).optional(),
  KILAT_TITLES: z.string().default(''),
  KILAT_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'is not an http or https address', abort: true })
    .refine(isOrigin, 'has a path, and Kilat needs a name of its own: https://kilat.example')
    .optional(),
  KILAT_TLS_CERT: z.string().min(1).optional(),
  KILAT_TLS_KEY: z.string().min(1).optional(),
  KILAT_TRUST_PROXY: trustProxy.default(false),
  KILAT_METRICS_PUBLIC: z.stringbool('is neither yes nor no').default(false),
  KILAT_LOG_LEVEL: LogLevel.default('info'),
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
  /** Whose `X-Forwarded-*` headers count: everyone's, nobody's, or those of listed addresses. */
  trustProxy: boolean | string;
  /** Whether `/metrics` is shown to everybody, not to this machine alone. */
  metricsPublic: boolean;
  logLevel: LogLevel;
}

/** Reads the environment; throws a StartupProblem that names each bad setting. */
export function readConfig(environment: Record<string, string | undefined>, folder: string): IndexerConfig {
  const settings = settingsOf(environment);
  if ((settings.KILAT_TLS_CERT === undefined) !== (settings.KILAT_TLS_KEY === undefined)) {
    throw new StartupProblem('bad-setting', 'KILAT_TLS_CERT and KILAT_TLS_KEY belong together: set both or neither.');
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
    trustProxy: settings.KILAT_TRUST_PROXY,
    metricsPublic: settings.KILAT_METRICS_PUBLIC,
    logLevel: settings.KILAT_LOG_LEVEL,
  };
}

function settingsOf(environment: Record<string, string | undefined>): z.output<typeof Environment> {
  try {
    return readSettings(Environment, environment);
  } catch (error) {
    if (error instanceof BadSettings) throw new StartupProblem('bad-setting', error.message);
    throw error;
  }
}

function isAddressList(text: string): boolean {
  try {
    new TrustedProxies(text);
    return true;
  } catch {
    return false;
  }
}
