/** Brightness of a screen's pixels (B, G, R, unused) by BT.601, limited range: what an encoder should have encoded. */
export function lumaOf(pixels: Buffer): Buffer {
  const luma = Buffer.alloc(pixels.length / 4);
  for (let at = 0, pixel = 0; at < luma.length; at++, pixel += 4) {
    const [b, g, r] = [pixels[pixel] as number, pixels[pixel + 1] as number, pixels[pixel + 2] as number];
    luma[at] = 16 + ((65.738 * r + 129.057 * g + 25.064 * b) / 256 + 0.5);
  }
  return luma;
}

/** Peak signal-to-noise ratio of decoded brightness, dB; 99 where nothing differs. `stride`: bytes a row of `decoded`. */
export function psnrDb(source: Buffer, decoded: Buffer, width: number, height: number, stride: number): number {
  let squares = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, a = y * width, b = y * stride; x < width; x++) {
      const difference = (source[a + x] as number) - (decoded[b + x] as number);
      squares += difference * difference;
    }
  }
  const mean = squares / (width * height);
  return mean === 0 ? 99 : Math.min(99, 10 * Math.log10((255 * 255) / mean));
}
