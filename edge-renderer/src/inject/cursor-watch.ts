import type { EdgeMessage } from '@kilat/shared/session/channel-messages';
import type { CursorImage, XEvent } from 'x11';
import type { XConnection } from '../capture/x-connection.ts';

export type CursorMessage = Extract<EdgeMessage, { type: 'cursor' }>;

const DISPLAY_CURSOR = 1;
const MAX_SIDE = 256;

/** Tells the title's pointer shape whenever it changes (XFIXES), so that the player can draw it without delay. */
export async function watchCursor(x: XConnection, onCursor: (message: CursorMessage) => void): Promise<void> {
  const fixes = await x.extension('fixes');
  const read = () =>
    fixes.GetCursorImage((error, image) => {
      if (!error) onCursor(cursorMessage(image));
    });
  fixes.SelectCursorInput(x.root, DISPLAY_CURSOR);
  x.client.on('event', (event: XEvent) => {
    if (event.name === 'CursorNotify') read();
  });
  read();
}

/** X gives packed ARGB with premultiplied alpha; browsers take RGBA with straight alpha. Null for an invisible pointer. */
export function cursorMessage({ width, height, xhot, yhot, cursorImage }: CursorImage): CursorMessage {
  const rgba = Buffer.alloc(width * height * 4);
  let visible = false;
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = cursorImage[at + 3] ?? 0;
    if (alpha === 0) continue;
    visible = true;
    const straight = (channel: number) => Math.min(255, Math.round((channel * 255) / alpha));
    rgba[at] = straight(cursorImage[at + 2] ?? 0);
    rgba[at + 1] = straight(cursorImage[at + 1] ?? 0);
    rgba[at + 2] = straight(cursorImage[at] ?? 0);
    rgba[at + 3] = alpha;
  }
  if (!visible || width > MAX_SIDE || height > MAX_SIDE) return { type: 'cursor', image: null };
  return { type: 'cursor', image: { width, height, hotX: xhot, hotY: yhot, rgba: rgba.toString('base64') } };
}
