import x11, { type XClient, type XTest } from 'x11';

/** A connection to an X display and its first screen. Requests of one tick leave in one write. */
export interface XConnection {
  client: XClient;
  root: number;
  depth: number;
  /** Pixels. */
  width: number;
  height: number;
}

/** Connects to `display` (`:7`), or to the environment's where undefined. */
export function connectDisplay(display?: string): Promise<XConnection> {
  return new Promise((resolve, reject) => {
    const options = { bufferRequests: true, ...(display === undefined ? {} : { display }) };
    x11.createClient(options, (error, { client, screen: [screen] } = { screen: [] } as never) => {
      if (error !== null && error !== undefined) reject(error);
      else if (screen === undefined) reject(new Error('the X display has no screen'));
      else
        resolve({
          client,
          root: screen.root,
          depth: screen.root_depth,
          width: screen.pixel_width,
          height: screen.pixel_height,
        });
    });
  });
}

/** The XTEST extension: presses that the display takes for real ones. */
export function requireXTest(client: XClient): Promise<XTest> {
  return new Promise((resolve, reject) => {
    client.require('xtest', (error, xtest) => (error === null ? resolve(xtest) : reject(error)));
  });
}

/** A rectangle of what the screen shows, BGRX, 4 bytes a pixel, row by row. */
export function readPixels(
  { client, root }: XConnection,
  x: number,
  y: number,
  width: number,
  height: number,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.GetImage(2, root, x, y, width, height, 0xffffffff, (error, image) =>
      error === null ? resolve(image.data) : reject(error),
    );
  });
}
