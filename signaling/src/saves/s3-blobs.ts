import { BlobHash } from '@kilat/shared/save/save';
import { AwsClient } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { type BlobStore, BlobStoreError, type StoredBlob } from './blob-store.ts';

/** An S3-compatible bucket and the key pair for it. */
export interface S3Place {
  /** The bucket's address, path-style or virtual-hosted: `https://s3.example.org/kilat`. */
  bucketUrl: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** An answer that takes longer, ms, counts as none. */
const TIMEOUT_MS = 30_000;
/** The client repeats what failed with 429 or 5xx this often, first after the given time and doubling, ms. */
const RETRIES = { retries: 3, initRetryMs: 100 };

/** Answer to ListObjectsV2; a page with one object or none has no list of them. */
const Listing = z.object({
  ListBucketResult: z.object({
    Contents: z
      .preprocess(
        (contents) => (contents === undefined || Array.isArray(contents) ? contents : [contents]),
        z.array(z.object({ Key: z.string(), LastModified: z.string() })).optional(),
      )
      .default([]),
    NextContinuationToken: z.string().optional(),
  }),
});

/** Blobs as objects named by their hash in any S3-compatible store; a PUT is whole or not at all there by its own rules. */
export class S3Blobs implements BlobStore {
  readonly #client: AwsClient;
  readonly #bucketUrl: string;

  constructor({ bucketUrl, region, accessKeyId, secretAccessKey }: S3Place) {
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', ...RETRIES });
    this.#bucketUrl = bucketUrl.replace(/\/+$/, '');
  }

  async put(sha256: BlobHash, bytes: Buffer): Promise<void> {
    // The signed hash makes the store itself refuse bytes that changed on the way.
    await this.#ask('PUT', `/${sha256}`, { body: new Uint8Array(bytes), headers: { 'x-amz-content-sha256': sha256 } });
  }

  async get(sha256: BlobHash): Promise<Buffer | undefined> {
    const answer = await this.#ask('GET', `/${sha256}`);
    return answer === undefined ? undefined : Buffer.from(await this.#body(answer));
  }

  async has(sha256: BlobHash): Promise<boolean> {
    return (await this.#ask('HEAD', `/${sha256}`)) !== undefined;
  }

  async remove(sha256: BlobHash): Promise<void> {
    await this.#ask('DELETE', `/${sha256}`);
  }

  async *list(): AsyncIterable<StoredBlob> {
    const parser = new XMLParser({ parseTagValue: false });
    let token: string | undefined;
    do {
      const from = token === undefined ? '' : `&continuation-token=${encodeURIComponent(token)}`;
      const answer = await this.#ask('GET', `?list-type=2${from}`);
      if (answer === undefined) throw new BlobStoreError('trouble', `There is no bucket at ${this.#bucketUrl}.`);
      const page = Listing.safeParse(parser.parse(new TextDecoder().decode(await this.#body(answer))));
      if (!page.success) throw new BlobStoreError('trouble', 'The store lists its objects in an unknown form.');
      const { Contents, NextContinuationToken } = page.data.ListBucketResult;
      for (const { Key, LastModified } of Contents) {
        const sha256 = BlobHash.safeParse(Key).data;
        if (sha256 !== undefined) yield { sha256, storedAtMs: Date.parse(LastModified) };
      }
      token = NextContinuationToken;
    } while (token !== undefined);
  }

  /** Undefined for 404. */
  async #ask(
    method: string,
    path: string,
    init: { body?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ): Promise<Response | undefined> {
    let answer: Response;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      answer = await this.#client.fetch(`${this.#bucketUrl}${path}`, { method, signal, ...init });
    } catch (error) {
      const cause = (error as Error).cause as Error | undefined;
      throw new BlobStoreError(
        'trouble',
        `The save store did not answer: ${cause?.message ?? (error as Error).message}`,
      );
    }
    if (answer.ok) return answer;
    const text = await answer.text().catch(() => '');
    if (answer.status === 404 && !text.includes('NoSuchBucket')) return undefined;
    const why = /<Code>([A-Za-z]+)<\/Code>/.exec(text)?.[1] ?? `status ${answer.status}`;
    const full = answer.status === 507 || /QuotaExceeded|StorageFull/.test(why);
    throw new BlobStoreError(full ? 'full' : 'trouble', `The save store refused ${method}: ${why}.`);
  }

  async #body(answer: Response): Promise<ArrayBuffer> {
    return await answer.arrayBuffer().catch((error: Error) => {
      throw new BlobStoreError('trouble', `The save store broke off its answer: ${error.message}`);
    });
  }
}
