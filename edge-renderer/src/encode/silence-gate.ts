/** Frames of silence that still pass, so that a decaying sound is not cut (250 ms of 10 ms frames). */
const TAIL_FRAMES = 25;

/** Lets sound through and holds digital silence back: a silent title costs no encoding and no packets. */
export class SilenceGate {
  #silentFrames = TAIL_FRAMES;

  /** Whether a frame of samples goes out; `first` after a pause (the RTP marker of a talk spurt, RFC 3551). */
  pass(samples: Buffer): { go: boolean; first: boolean } {
    const wasShut = this.#silentFrames >= TAIL_FRAMES;
    this.#silentFrames = isSilent(samples) ? this.#silentFrames + 1 : 0;
    const go = this.#silentFrames < TAIL_FRAMES;
    return { go, first: go && wasShut };
  }
}

const silence = Buffer.alloc(64 * 1024);

function isSilent(samples: Buffer): boolean {
  return samples.equals(silence.subarray(0, samples.length));
}
