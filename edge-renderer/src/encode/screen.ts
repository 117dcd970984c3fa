/** The captured screen: pixels of 4 bytes (B, G, R, unused), width × height × 4 bytes. Encoders read it, capture writes it. */
export interface Screen {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

/** A screen in ordinary memory, for encoders that are not in this process. */
export function plainScreen(width: number, height: number): Screen {
  return { width, height, pixels: Buffer.alloc(width * height * 4) };
}
