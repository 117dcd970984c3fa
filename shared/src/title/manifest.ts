import { z } from 'zod';
import { TitleId } from '../ids.ts';
import { MAX_PADS } from '../input/gamepad.ts';
import { KeyCode } from '../input/keys.ts';
import { NETWORK_TARGET_FORM, parseNetworkTarget } from './network-target.ts';

/** What a title's program draws on: pixels and frames per second. */
export const DisplaySpec = z.strictObject({
  width: z.number().int().min(320).max(3840).multipleOf(2),
  height: z.number().int().min(240).max(2160).multipleOf(2),
  fps: z.number().int().min(15).max(120),
});
export type DisplaySpec = z.infer<typeof DisplaySpec>;

/**
 * How far a waiting slot is prepared. `display`: X server, sound server and encoder run. `title`: the program has
 * drawn too, has been given `pauseKeys`, and is stopped until a player comes (the same keys wake it).
 */
export const WarmPolicy = z.discriminatedUnion('keep', [
  z.strictObject({ keep: z.literal('display') }),
  z.strictObject({ keep: z.literal('title'), pauseKeys: z.array(KeyCode).max(4).default([]) }),
]);
export type WarmPolicy = z.infer<typeof WarmPolicy>;

const relativePath = z
  .string()
  .max(200)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), {
    error: 'must be a path inside the folder, without ".."',
  });

/**
 * What a title needs beyond the usual: memory, processors, processes and threads, size of its home, and hosts it must
 * reach (`name:port`, `name:port/udp`). An edge that gives less refuses the title.
 */
export const SandboxNeeds = z.strictObject({
  memoryMb: z.number().int().min(64).max(1_048_576).optional(),
  cpus: z.number().min(0.1).max(1024).optional(),
  pids: z.number().int().min(8).max(1_048_576).optional(),
  diskMb: z.number().int().min(1).max(1_048_576).optional(),
  network: z
    .array(
      z
        .string()
        .max(270)
        .refine((text) => parseNetworkTarget(text) !== undefined, { error: `must be ${NETWORK_TARGET_FORM}` }),
    )
    .max(16)
    .default([]),
});
export type SandboxNeeds = z.infer<typeof SandboxNeeds>;

/**
 * What of the home belongs to the player: folders or files that are kept when a session ends and put back at the next
 * launch, `maxMb` MiB together.
 */
export const SavesSpec = z.strictObject({
  folders: z.array(relativePath).min(1).max(16),
  maxMb: z.number().int().min(1).max(512),
});
export type SavesSpec = z.infer<typeof SavesSpec>;

/** One `titles/<id>.yaml`. `{node}` and `{titles}` in command, args and env stand for the Node binary and the manifest's folder. */
export const TitleManifest = z.strictObject({
  kind: z.enum(['game', 'probe']),
  id: TitleId,
  name: z.string().min(1).max(60),
  summary: z.string().min(1).max(200),
  command: z.string().min(1).max(200),
  args: z.array(z.string().max(500)).max(64).default([]),
  env: z.record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string().max(500)).default({}),
  /** Files put into the session's empty home before the start: relative path → text. */
  home: z.record(relativePath, z.string().max(64 * 1024)).default({}),
  saves: SavesSpec.optional(),
  display: DisplaySpec,
  input: z.array(z.enum(['keyboard', 'mouse', 'gamepad', 'touch'])).min(1),
  /**
   * Gamepads that are plugged in before the program starts and stay so, for games that look for them only then. Further
   * ones, and all where it is 0, come and go with the player's.
   */
  gamepadsFromStart: z.number().int().min(0).max(MAX_PADS).default(0),
  /** `relative`: the game turns with the mouse (pointer lock); `absolute`: it has a pointer; `none`: keys only. */
  mouse: z.enum(['relative', 'absolute', 'none']),
  controls: z
    .array(z.strictObject({ keys: z.string().max(60), does: z.string().max(80) }))
    .max(16)
    .default([]),
  sound: z.boolean().default(true),
  /** Path of the cover beside the manifest (16:9 JPEG or PNG). */
  cover: relativePath,
  warm: WarmPolicy,
  install: z.strictObject({
    apt: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/)).default([]),
    downloadMb: z.number().nonnegative().default(0),
  }),
  /** Absolute paths that must exist besides the command for the title to run. */
  needs: z.array(z.string().startsWith('/')).default([]),
  sandbox: SandboxNeeds.optional(),
  licence: z.strictObject({ spdx: z.string().max(100), source: z.string().max(200) }),
});
export type TitleManifest = z.infer<typeof TitleManifest>;
