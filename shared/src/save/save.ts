import { z } from 'zod';
import { EpochMs } from '../units.ts';

/** SHA-256 of a saved file's content, hex: the name under which it is stored. */
export const BlobHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'BlobHash'>();
export type BlobHash = z.infer<typeof BlobHash>;

/** `v_` + 20 base-32 characters; what a player's save folders of one title held at one moment. */
export const SaveVersionId = z
  .string()
  .regex(/^v_[0-9a-z]{20}$/)
  .brand<'SaveVersionId'>();
export type SaveVersionId = z.infer<typeof SaveVersionId>;

/** Most files one version holds. */
export const MAX_SAVED_FILES = 1_000;
/** Largest single file of a version, bytes. */
export const MAX_SAVED_FILE_BYTES = 64 * 2 ** 20;
/** What is over a title's limit is still set aside for its player up to this many times the limit. */
export const ASIDE_FACTOR = 4;

/** A file's place below the home, `/`-separated: never absolute, never upwards, nothing a file system could read as another path. */
export const SavePath = z
  .string()
  .min(1)
  .max(300)
  .refine((path) => path.split('/').every((name) => name !== '' && name !== '.' && name !== '..'), {
    error: 'must be a path inside the home',
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL ends a path early for the system.
  .refine((path) => !/[\u0000\\]/.test(path), { error: 'must hold neither NUL nor backslash' });

/** One file of a version. `mode`: permission bits. */
export const SavedFile = z.object({
  path: SavePath,
  sha256: BlobHash,
  bytes: z.number().int().nonnegative().max(MAX_SAVED_FILE_BYTES),
  mode: z.number().int().min(0).max(0o777),
  modifiedMs: z.number().nonnegative(),
});
export type SavedFile = z.infer<typeof SavedFile>;
/** Files of one version, each path once. */
export const SavedFiles = z
  .array(SavedFile)
  .max(MAX_SAVED_FILES)
  .refine((files) => new Set(files.map(({ path }) => path)).size === files.length, {
    error: 'must name each path once',
  });

/** Whether two versions hold the same; when a file was written does not matter. */
export function sameContent(a: readonly SavedFile[], b: readonly SavedFile[]): boolean {
  const lines = (files: readonly SavedFile[]) =>
    files.map(({ path, sha256, mode }) => `${path} ${sha256} ${mode}`).sort();
  return lines(a).join('\n') === lines(b).join('\n');
}

/** Why a save is not the player's current one; a closed set, worded for people by the player. */
export const SaveProblem = z.enum([
  'too-large', // more than the title's limit: set aside, up to `ASIDE_FACTOR` times the limit
  'too-many-files', // more than `MAX_SAVED_FILES`, or deeper than folders are followed: not kept
  'newer-exists', // a session that was launched later is or was being played: set aside
  'corrupt', // what is stored no longer matches its hash: the version before it serves
  'not-collected', // the machine could not read it or had no room to keep it
]);
export type SaveProblem = z.infer<typeof SaveProblem>;

/**
 * Edge → Indexer, `POST /edge/sessions/<id>/save`: what the save folders hold. `final`: the title has ended, nothing
 * follows. `unchanged`: as restored or last reported. `uncollected`: there is something that could not be taken.
 */
export const SaveReport = z.object({
  collectedAtMs: EpochMs,
  final: z.boolean(),
  content: z.discriminatedUnion('is', [
    z.object({ is: z.literal('files'), files: SavedFiles.min(1) }),
    z.object({ is: z.literal('unchanged') }),
    z.object({
      is: z.literal('uncollected'),
      problem: SaveProblem.extract(['too-large', 'too-many-files', 'not-collected']),
    }),
  ]),
});
export type SaveReport = z.infer<typeof SaveReport>;

/** The Indexer's answer to a report. `missing`: these blobs have to be there first. */
export const SaveReportReply = z.discriminatedUnion('is', [
  z.object({ is: z.literal('kept'), versionId: SaveVersionId }),
  z.object({ is: z.literal('set-aside'), versionId: SaveVersionId, problem: SaveProblem }),
  z.object({ is: z.literal('noted') }),
  z.object({ is: z.literal('missing'), missing: z.array(BlobHash) }),
]);
export type SaveReportReply = z.infer<typeof SaveReportReply>;

/** `GET /edge/sessions/<id>/save`: what to put into the home before the title starts; null: the player has no save. */
export const SaveToRestore = z.object({
  version: z.object({ versionId: SaveVersionId, files: SavedFiles }).nullable(),
});
export type SaveToRestore = z.infer<typeof SaveToRestore>;

/** `POST /edge/sessions/<id>/blobs/missing`: which of these must be uploaded. */
export const MissingBlobs = z.object({ sha256: z.array(BlobHash).max(MAX_SAVED_FILES) });
export type MissingBlobs = z.infer<typeof MissingBlobs>;

/** Why the Indexer refuses an edge's request about saves; a closed set. `store-full` and `store-trouble` are worth another try. */
export const EdgeSaveRefusal = z.enum([
  'bad-signature', // no edge's signature, or one of another time
  'not-your-session', // the session lives elsewhere, is unknown, or was over long ago
  'no-saves', // the title keeps none
  'bad-request', // malformed, or the bytes do not match their hash
  'over-limit', // more than the title may ever store
  'not-found', // no such blob in this player's saves of the title
  'corrupt', // the stored blob no longer matches its hash: ask for another version
  'store-full',
  'store-trouble',
]);
export type EdgeSaveRefusal = z.infer<typeof EdgeSaveRefusal>;
