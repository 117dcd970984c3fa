import { createHash } from 'node:crypto';
import { EDGE_SIGNATURE_HEADER, edgeRequestText, writeEdgeSignature } from '@kilat/shared/edge/signed-request';
import type { SessionId } from '@kilat/shared/ids';
import {
  type BlobHash,
  EdgeSaveRefusal,
  MissingBlobs,
  type SaveReport,
  SaveReportReply,
  SaveToRestore,
} from '@kilat/shared/save/save';
import { z } from 'zod';
import type { EdgeKey } from '../indexer-link/edge-key.ts';

/** The Indexer may wait for another edge's last save before it says what to restore; large saves take their time, ms. */
const TIMEOUT_MS = 60_000;
const Refused = z.object({ error: EdgeSaveRefusal, detail: z.string() });

/** Why the Indexer did not do what was asked; `unreachable`: no answer that makes sense. */
export class IndexerSavesError extends Error {
  readonly reason: EdgeSaveRefusal | 'unreachable';

  constructor(reason: EdgeSaveRefusal | 'unreachable', message: string) {
    super(message);
    this.name = 'IndexerSavesError';
    this.reason = reason;
  }

  /** Whether the same request may succeed later. A signature fails while a clock is wrong. */
  get isPassing(): boolean {
    return PASSING.has(this.reason);
  }
}

const PASSING: ReadonlySet<IndexerSavesError['reason']> = new Set([
  'unreachable',
  'store-full',
  'store-trouble',
  'bad-signature',
]);

/** The Indexer's store of saves as this edge may use it: for sessions of its own, each request signed with its key. */
export class IndexerSaves {
  readonly #indexerUrl: string;
  readonly #key: EdgeKey;

  constructor(indexerUrl: string, key: EdgeKey) {
    this.#indexerUrl = indexerUrl;
    this.#key = key;
  }

  async toRestore(sessionId: SessionId): Promise<SaveToRestore> {
    return SaveToRestore.parse(await this.#json('GET', sessionId, 'save'));
  }

  async blob(sessionId: SessionId, sha256: BlobHash): Promise<Buffer> {
    const bytes = await this.#ask('GET', sessionId, `blobs/${sha256}`);
    if (hashOf(bytes) !== sha256) throw new IndexerSavesError('unreachable', 'A save arrived with other bytes.');
    return bytes;
  }

  async missing(sessionId: SessionId, hashes: readonly BlobHash[]): Promise<BlobHash[]> {
    return MissingBlobs.parse(await this.#json('POST', sessionId, 'blobs/missing', { sha256: hashes })).sha256;
  }

  async put(sessionId: SessionId, sha256: BlobHash, bytes: Buffer): Promise<void> {
    await this.#ask('PUT', sessionId, `blobs/${sha256}`, bytes);
  }

  async report(sessionId: SessionId, report: SaveReport): Promise<SaveReportReply> {
    return SaveReportReply.parse(await this.#json('POST', sessionId, 'save', report));
  }

  async #json(method: string, sessionId: SessionId, rest: string, body?: object): Promise<unknown> {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return JSON.parse((await this.#ask(method, sessionId, rest, sent)).toString());
  }

  async #ask(method: string, sessionId: SessionId, rest: string, body: Buffer = Buffer.alloc(0)): Promise<Buffer> {
    const url = new URL(`/edge/sessions/${sessionId}/${rest}`, this.#indexerUrl);
    let answer: Response;
    let bytes: Buffer;
    try {
      answer = await fetch(url, {
        method,
        headers: {
          [EDGE_SIGNATURE_HEADER]: this.#signature(method, url.pathname, body),
          'content-type': 'application/octet-stream',
        },
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
      });
      bytes = Buffer.from(await answer.arrayBuffer());
    } catch (error) {
      const cause = (error as Error).cause as Error | undefined;
      throw new IndexerSavesError('unreachable', cause?.message ?? (error as Error).message);
    }
    if (answer.ok) return bytes;
    const refused = Refused.safeParse(parseOr(bytes.toString())).data;
    throw new IndexerSavesError(refused?.error ?? 'unreachable', refused?.detail ?? `status ${answer.status}`);
  }

  #signature(method: string, path: string, body: Buffer): string {
    const atMs = Date.now();
    const bodySha256 = hashOf(body);
    const signature = this.#key.sign(edgeRequestText(method, path, atMs, bodySha256));
    return writeEdgeSignature({ publicKey: this.#key.publicKey, atMs, bodySha256, signature });
  }
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
