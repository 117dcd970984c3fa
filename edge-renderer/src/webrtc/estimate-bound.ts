/** The worker's estimate may go up to so many times the picture's bitrate, and stay at so many times as much when that falls. */
const ROOM = { up: 1.3, most: 2.2 };

/**
 * How far the worker may look for the way's capacity. It looks by bursts of padding, 16 kB that fill the way: one each time
 * it may look further. It need not know beyond the picture's bitrate, and is told seldom.
 */
export class EstimateBound {
  /** bit/s. */
  bitrate: number;

  constructor(bitrate: number) {
    this.bitrate = bitrate;
  }

  /** The picture is encoded at `kbps` from now on; whether the bound moved by it. */
  follow(kbps: number): boolean {
    const picture = kbps * 1000;
    if (picture <= this.bitrate && this.bitrate <= ROOM.most * picture) return false;
    this.bitrate = Math.round(ROOM.up * picture);
    return true;
  }
}
