/**
 * Whether a screen of 4-byte pixels shows something: an X server's empty screen and a window not yet painted are of one
 * colour. Looks at a grid of about 160 × 90 points.
 */
export function isDrawn(pixels: Buffer, width: number, height: number): boolean {
  const stepX = Math.max(1, Math.floor(width / 160));
  const stepY = Math.max(1, Math.floor(height / 90));
  const first = pixels.readUInt32LE(0) & 0xffffff;
  for (let y = 0; y < height; y += stepY) {
    for (let x = 0; x < width; x += stepX) {
      if ((pixels.readUInt32LE((y * width + x) * 4) & 0xffffff) !== first) return true;
    }
  }
  return false;
}
