import x11 from 'x11';

// A white square on black: half as many frames as the display may show, each with a small change.

const FRAMES_PER_SECOND = 30;
const SIZE = 120;

x11.createClient((error, display) => {
  if (error) throw error;
  const { client, screen } = display;
  const { root, pixel_width: width, white_pixel: backgroundPixel } = screen[0];
  client.on('error', () => process.exit(0));
  client.on('end', () => process.exit(0));
  const id = client.AllocID();
  client.CreateWindow(id, root, 0, SIZE, SIZE, SIZE, 0, 0, 1, 0, { overrideRedirect: 1, backgroundPixel });
  client.MapWindow(id);
  let frame = 0;
  setInterval(() => {
    frame += 1;
    client.MoveWindow(id, (frame * 4) % (width - SIZE), SIZE);
  }, 1000 / FRAMES_PER_SECOND);
});
