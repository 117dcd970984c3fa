import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgeProofText } from '@kilat/shared/edge/messages';
import { newPlayerId, newSessionId } from '@kilat/shared/ids';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proveEdge } from './edge-key.ts';
import { enrolmentTokenId, newEnrolmentToken } from './enrolment-token.ts';
import { playerOf, recognisePlayer } from './player-cookie.ts';
import { newResumeToken, ownsSession } from './resume-token.ts';
import { readOrCreateSecret } from './secret.ts';
import { signToken } from './signed-token.ts';

const secret = new Uint8Array(32).fill(1);
const foreign = new Uint8Array(32).fill(2);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-identity-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

describe('the secret', () => {
  it('is made once, for its owner only, also by many at a time', async () => {
    const file = join(folder, 'indexer', 'secret');
    const [first, ...others] = await Promise.all(Array.from({ length: 8 }, () => readOrCreateSecret(file)));
    for (const other of [...others, await readOrCreateSecret(file)]) expect(other).toEqual(first);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is refused when it is not one', async () => {
    await writeFile(join(folder, 'secret'), 'short');
    await expect(readOrCreateSecret(join(folder, 'secret'))).rejects.toThrow('32 bytes');
  });
});

describe('the player’s cookie', () => {
  const cookieOf = (header: string | undefined): string => header?.split(';')[0] ?? '';

  it('is hidden from scripts, and secure over https', async () => {
    expect((await recognisePlayer(secret, undefined, true)).setCookie).toMatch(
      /; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await recognisePlayer(secret, undefined, false)).setCookie).not.toContain('Secure');
  });

  it('names the same player again, and nobody when it is not ours', async () => {
    const { playerId, setCookie } = await recognisePlayer(secret, undefined, false);
    expect(await recognisePlayer(secret, `other=1; ${cookieOf(setCookie)}`, false)).toEqual({
      playerId,
      setCookie: undefined,
    });
    expect(await playerOf(foreign, cookieOf(setCookie))).toBeUndefined();
    expect(
      await playerOf(secret, `kilat_player=${await newResumeToken(secret, newSessionId(), playerId)}`),
    ).toBeUndefined();
  });
});

describe('tokens', () => {
  it('open the session they were made for and no other', async () => {
    const mine = newSessionId();
    const token = await newResumeToken(secret, mine, newPlayerId());
    expect(await ownsSession(secret, token, mine)).toBe(true);
    expect(await ownsSession(secret, token, newSessionId())).toBe(false);
    expect(await ownsSession(foreign, token, mine)).toBe(false);
    expect(await ownsSession(secret, await signToken(secret, 'resume', { sid: mine }, -1), mine)).toBe(false);
    expect(await ownsSession(secret, `${btoa('{"alg":"none"}')}.${btoa(`{"sid":"${mine}"}`)}.`, mine)).toBe(false);
  });

  it('for enrolment differ, and pass for nothing else', async () => {
    const token = await newEnrolmentToken(secret);
    expect(await enrolmentTokenId(secret, token)).not.toBe(
      await enrolmentTokenId(secret, await newEnrolmentToken(secret)),
    );
    expect(await enrolmentTokenId(foreign, token)).toBeUndefined();
    expect(await enrolmentTokenId(secret, await newResumeToken(secret, newSessionId(), newPlayerId()))).toBeUndefined();
  });
});

describe('an edge’s proof', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ format: 'jwk' }).x ?? '';
  const signed = (text: string): string => sign(null, Buffer.from(text), privateKey).toString('base64url');

  it('holds for this nonce only', () => {
    expect(proveEdge(key, signed(edgeProofText('one')), 'one')).toMatchObject({
      is: 'proven',
      edgeId: expect.stringMatching(/^e_[0-9a-f]{40}$/),
    });
    expect(proveEdge(key, signed(edgeProofText('one')), 'two')).toEqual({ is: 'wrong-signature' });
    expect(proveEdge(key, 'AAAA', 'one')).toEqual({ is: 'wrong-signature' });
    expect(proveEdge('AAAA', signed(edgeProofText('one')), 'one')).toEqual({ is: 'no-key' });
  });
});
