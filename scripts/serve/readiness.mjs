import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;
const ANSWER_MS = 2_000;

/** @typedef {{ titles: { id: string, name: string, availability: { state: string } }[] }} Catalogue */

/**
 * Resolves once the Indexer answers that it is well; rejects when `signal` aborts.
 * @param {string} url origin
 * @param {AbortSignal} signal
 */
export async function untilHealthy(url, signal) {
  while ((await get(`${url}/healthz`))?.status !== 200) await sleep(POLL_MS, undefined, { signal });
}

/**
 * Resolves with the catalogue once an edge has announced itself: its titles are then ready or installable.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Catalogue>}
 */
export async function untilEdgeAnnounced(url, signal) {
  for (;;) {
    const answer = await get(`${url}/api/titles`);
    if (answer?.status === 200) {
      const catalogue = /** @type {Catalogue} */ (JSON.parse(answer.body));
      if (catalogue.titles.some(({ availability }) => availability.state !== 'no-edge')) return catalogue;
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/**
 * Our own server's certificate may be signed by nobody this machine knows, and its name need not be the address asked.
 * @param {string} url
 * @returns {Promise<{ status: number, body: string } | undefined>} undefined when nobody answers
 */
function get(url) {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, { rejectUnauthorized: false, timeout: ANSWER_MS, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', () => resolve(undefined));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(undefined));
    request.end();
  });
}
