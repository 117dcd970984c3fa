/**
 * A scene that is as hard to encode as a game: textured ground and edges, passing by at 4 pixels a frame. The same in every
 * run, so that figures compare.
 */
export class MovingScene {
  static readonly #stepPixels = 4;
  readonly #width: number;
  readonly #height: number;
  readonly #period: number;
  readonly #texture: Buffer;

  constructor(width: number, height: number) {
    this.#width = width;
    this.#height = height;
    this.#period = 256;
    const wide = width + this.#period;
    this.#texture = Buffer.alloc(wide * height * 4);
    const words = new Uint32Array(this.#texture.buffer, this.#texture.byteOffset, wide * height);
    let seed = 1;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < this.#period; x++) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        const grain = seed >>> 28;
        const tile = ((x >> 5) + (y >> 5)) & 1 ? 60 : 150;
        const shade = tile + grain + (y * 40) / height;
        words[y * wide + x] = (shade << 16) | ((shade * 0.8) << 8) | ((x * 200) / this.#period);
      }
      for (let x = this.#period; x < wide; x++) words[y * wide + x] = words[y * wide + x - this.#period] as number;
    }
  }

  /** Draws frame `number` into a screen's pixels. */
  draw(number: number, pixels: Buffer): void {
    const wide = this.#width + this.#period;
    const from = (number * MovingScene.#stepPixels) % this.#period;
    for (let y = 0; y < this.#height; y++) {
      const at = (y * wide + from) * 4;
      this.#texture.copy(pixels, y * this.#width * 4, at, at + this.#width * 4);
    }
  }
}
