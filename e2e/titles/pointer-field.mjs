import x11 from 'x11';

// The left half of the screen shows a pointer of 16 × 16 pixels with its hot spot at 3, 5; the right half hides it.

const SQUARE = 80;
const WHITE = { R: 65535, G: 65535, B: 65535 };
const BLACK = { R: 0, G: 0, B: 0 };

x11.createClient((error, display) => {
  if (error) throw error;
  const { client, screen } = display;
  const { root, pixel_width: width, pixel_height: height } = screen[0];
  client.on('error', () => process.exit(0));
  client.on('end', () => process.exit(0));
  const half = (x, cursor) => {
    const id = client.AllocID();
    const eventMask = x11.eventMask.PointerMotion;
    client.CreateWindow(id, field, x, 0, width / 2, height, 0, 0, 2, 0, { cursor, eventMask, overrideRedirect: 1 });
    client.MapWindow(id);
    return id;
  };
  const field = client.AllocID();
  client.CreateWindow(field, root, 0, 0, width, height, 0, 0, 1, 0, { overrideRedirect: 1, backgroundPixel: 0x203040 });
  client.MapWindow(field);
  const square = client.AllocID();
  client.CreateWindow(square, field, 0, 0, SQUARE, SQUARE, 0, 0, 1, 0, {
    overrideRedirect: 1,
    backgroundPixel: 0xffffff,
  });
  client.MapWindow(square);
  // Input-only windows lie above the square, so that they alone hear of the pointer.
  const right = half(width / 2, pointer(client, root, 0));
  half(0, pointer(client, root, 1));
  client.on('event', ({ name, wid, x, y }) => {
    if (name !== 'MotionNotify') return;
    const left = (wid === right ? width / 2 : 0) + x - SQUARE / 2;
    client.MoveWindow(square, left, y - SQUARE / 2);
  });
});

/** A pointer whose every pixel is set (`mask` 1) or none is (0). */
function pointer(client, root, mask) {
  const [source, shape, gc, cursor] = [client.AllocID(), client.AllocID(), client.AllocID(), client.AllocID()];
  for (const [bitmap, foreground] of [
    [source, 1],
    [shape, mask],
  ]) {
    client.CreatePixmap(bitmap, root, 1, 16, 16);
    if (bitmap === source) client.CreateGC(gc, bitmap, { foreground });
    else client.ChangeGC(gc, { foreground });
    client.PolyFillRectangle(bitmap, gc, [0, 0, 16, 16]);
  }
  client.CreateCursor(cursor, source, shape, WHITE, BLACK, 3, 5);
  return cursor;
}
