import { z } from 'zod';
import { MAX_PADS } from '../input/gamepad.ts';
import { Rendition } from '../media/rendition.ts';
import { Kbps, Milliseconds } from '../units.ts';

/** Page → edge on the `control` stream, JSON text, at most 1 KB each. */
export const ControlMessage = z.discriminatedUnion('type', [
  /** The player's wish for the video bitrate's ceiling. */
  z.object({ type: z.literal('quality'), maxBitrateKbps: Kbps }),
  /** The page cannot decode what it has (RFC 4585's PLI comes from the browser; this is the page's own). */
  z.object({ type: z.literal('key-frame') }),
  /** Answer to `idle-warning`: the player is still there. */
  z.object({ type: z.literal('still-here') }),
  /** The page goes away (closed, reloaded): hold the session at once instead of waiting for its silence. */
  z.object({ type: z.literal('bye') }),
]);
export type ControlMessage = z.infer<typeof ControlMessage>;
export const MAX_CONTROL_BYTES = 1024;

/** Edge → page on the `events` stream, JSON text. */
export const EdgeMessage = z.discriminatedUnion('type', [
  /** The title's pointer; `rgba` is base64 of width × height × 4 bytes, straight alpha. Null image: hidden. */
  z.object({
    type: z.literal('cursor'),
    image: z
      .object({
        width: z.number().int().min(1).max(256),
        height: z.number().int().min(1).max(256),
        hotX: z.number().int(),
        hotY: z.number().int(),
        rgba: z.string().max(256 * 256 * 6),
      })
      .nullable(),
  }),
  /** Nobody touched anything; the session ends in `endsInMs` unless there is input. */
  z.object({ type: z.literal('idle-warning'), endsInMs: Milliseconds }),
  z.object({ type: z.literal('idle-over') }),
  /**
   * A part was lost that the session survives; `sound`: the sound server died, the game goes on silently; `gamepads`:
   * the machine could not plug in a gamepad.
   */
  z.object({ type: z.literal('degraded'), part: z.enum(['sound', 'gamepads']) }),
  /** The title shakes a gamepad: the heavy motor (`strong`) and the light one (`weak`), 0…1; both 0 stops them. */
  z.object({
    type: z.literal('rumble'),
    pad: z
      .number()
      .int()
      .min(0)
      .max(MAX_PADS - 1),
    strong: z.number().min(0).max(1),
    weak: z.number().min(0).max(1),
    durationMs: Milliseconds,
  }),
  /** The rendition in force: what the picture is encoded at. At most a few a second. */
  z.object({ type: z.literal('rendition'), rendition: Rendition }),
]);
export type EdgeMessage = z.infer<typeof EdgeMessage>;
