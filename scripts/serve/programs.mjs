import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { repository } from '../setup/places.mjs';
import { portSetting } from './port-setting.mjs';

/** @typedef {import('./server-process.mjs').ServerProgram} ServerProgram */
/** @typedef {{ node: string, env: NodeJS.ProcessEnv }} Runtime */

const file = {
  indexer: join(repository, 'signaling/src/main.ts'),
  edge: join(repository, 'edge-renderer/src/main.ts'),
  enrol: join(repository, 'signaling/src/enrol.ts'),
};

/**
 * Address at which programs of this machine reach the Indexer that `env` describes; a `PlainError` where it is none.
 * @param {NodeJS.ProcessEnv} env
 */
export function indexerAddress(env) {
  const host = env.KILAT_HOST || '127.0.0.1';
  const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const port = portSetting(env, 'KILAT_PORT', 8080);
  const url = `${env.KILAT_TLS_CERT ? 'https' : 'http'}://${near.includes(':') ? `[${near}]` : near}:${port}`;
  return { host, port, url };
}

/**
 * @param {Runtime} runtime
 * @returns {ServerProgram}
 */
export const indexerProgram = ({ node, env }) => ({ name: 'Indexer', file: file.indexer, node, env });

/**
 * The edge beside an Indexer: enrols with a token that is good once, and is reached where the Indexer is.
 * @param {Runtime} runtime
 * @param {string} enrolmentToken
 * @returns {ServerProgram}
 */
export function edgeProgram({ node, env }, enrolmentToken) {
  const { url, host } = indexerAddress(env);
  const settings = {
    KILAT_INDEXER_URL: env.KILAT_INDEXER_URL || url,
    KILAT_ENROLMENT_TOKEN: enrolmentToken,
    KILAT_EDGE_ADDRESS: env.KILAT_EDGE_ADDRESS || mediaAddress(host),
    KILAT_EDGE_WARM: env.KILAT_EDGE_WARM ?? 'freedoom',
  };
  return { name: 'Edge', file: file.edge, node, env: { ...env, ...settings } };
}

/**
 * Makes a token with which one edge may join; the Indexer need not run.
 * @param {Runtime} runtime
 */
export async function newEnrolmentToken({ node, env }) {
  const output = await runCommand('No enrolment token could be made for the edge.', node, [file.enrol], { env });
  return output.trim().split('\n').at(-1) ?? '';
}

/**
 * Where browsers find the edge's media port: beside an Indexer that listens to the network, this machine's own address.
 * @param {string} host the Indexer's listening address
 */
function mediaAddress(host) {
  if (host !== '0.0.0.0' && host !== '::') return host === 'localhost' ? '127.0.0.1' : host;
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
