import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashOf } from './blob-store.ts';
import { blobStoreContract } from './blob-store-contract.ts';
import { S3Blobs } from './s3-blobs.ts';

// s3rver speaks S3 over HTTP. It knows one key, S3RVER, and does not calculate version 4 signatures: whether they are
// right is aws4fetch's own business.
const BUCKET = 'saves';
let folder: string;
let server: S3rver;
let bucketUrl: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-s3-'));
  server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  });
  const { port } = await server.run();
  bucketUrl = `http://127.0.0.1:${port}/${BUCKET}/`;
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const open = (url = bucketUrl, accessKeyId = 'S3RVER') =>
  new S3Blobs({ bucketUrl: url, region: 'us-east-1', accessKeyId, secretAccessKey: 'S3RVER' });

blobStoreContract('an S3 server', () => open());

it('says what the store refuses', async () => {
  const bytes = Buffer.from('a save');
  await expect(open(bucketUrl, 'stranger').put(hashOf(bytes), bytes)).rejects.toMatchObject({
    reason: 'trouble',
    message: 'The save store refused PUT: InvalidAccessKeyId.',
  });
  await expect(open(bucketUrl.replace(BUCKET, 'elsewhere')).put(hashOf(bytes), bytes)).rejects.toThrow('NoSuchBucket');
  await expect(open('http://127.0.0.1:9/saves').get(hashOf(bytes))).rejects.toMatchObject({ reason: 'trouble' });
});
