import type { ProbeState } from '@kilat/shared/title/probe-code';
import type { XConnection } from '../stage/connection.ts';
import { CODE_REGION, whiteRectangles } from './code-picture.ts';

const BLACK = 0;
const WHITE = 0xffffff;

/** The probe's window: all of the display, above everything, with the keyboard's focus and no pointer drawn over it. */
export class ProbeWindow {
  readonly id: number;
  readonly #screen: XConnection;
  readonly #region: number;
  readonly #black: number;
  readonly #white: number;

  constructor(screen: XConnection) {
    const { client, root, width, height, depth } = screen;
    this.#screen = screen;
    const allocate = () => client.AllocID();
    this.id = allocate();
    this.#region = allocate();
    this.#black = allocate();
    this.#white = allocate();
    const eventMask = client.eventMask.KeyPress | client.eventMask.ButtonPress;
    client.CreateWindow(this.id, root, 0, 0, width, height, 0, 0, 1, 0, {
      overrideRedirect: 1,
      eventMask,
      backgroundPixel: BLACK,
      cursor: emptyCursor(screen),
    });
    client.CreatePixmap(this.#region, this.id, depth, CODE_REGION.width, CODE_REGION.height);
    client.CreateGC(this.#black, this.id, { foreground: BLACK, graphicsExposures: 0 });
    client.CreateGC(this.#white, this.id, { foreground: WHITE, graphicsExposures: 0 });
    // A held key is one press.
    client.ChangeKeyboardControl({ autoRepeatMode: 0 });
    client.MapWindow(this.id);
    client.SetInputFocus(this.id, 1);
  }

  /** Draws the state out of sight and puts it on the screen in one copy: one damage, never half a code. */
  paint(state: ProbeState): void {
    const { client } = this.#screen;
    const { x, y, width, height } = CODE_REGION;
    client.PolyFillRectangle(this.#region, this.#black, [0, 0, width, height]);
    client.PolyFillRectangle(this.#region, this.#white, whiteRectangles(state));
    client.CopyArea(this.#region, this.id, this.#black, 0, 0, x, y, width, height);
    void client.flush();
  }
}

/** A cursor with nothing in it: a pointer drawn over the cells would spoil them. */
function emptyCursor({ client, root }: XConnection): number {
  const [bitmap, gc, cursor] = [client.AllocID(), client.AllocID(), client.AllocID()];
  const none = { R: 0, G: 0, B: 0 };
  client.CreatePixmap(bitmap, root, 1, 1, 1);
  client.CreateGC(gc, bitmap, { foreground: 0 });
  client.PolyFillRectangle(bitmap, gc, [0, 0, 1, 1]);
  client.CreateCursor(cursor, bitmap, bitmap, none, none, 0, 0);
  return cursor;
}
