import x11 from 'x11';
import { COLUMNS, PATCHES, ROWS } from './colour-chart-patches.mjs';

// Flat patches of known colours over the whole screen, each a window with that background.

x11.createClient((error, display) => {
  if (error) throw error;
  const { client, screen } = display;
  const { root, pixel_width: width, pixel_height: height } = screen[0];
  client.on('error', () => process.exit(0));
  client.on('end', () => process.exit(0));
  const [wide, high] = [width / COLUMNS, height / ROWS];
  for (const [place, backgroundPixel] of PATCHES.entries()) {
    const id = client.AllocID();
    const [x, y] = [(place % COLUMNS) * wide, Math.floor(place / COLUMNS) * high];
    client.CreateWindow(id, root, x, y, wide, high, 0, 0, 1, 0, { overrideRedirect: 1, backgroundPixel });
    client.MapWindow(id);
  }
});
