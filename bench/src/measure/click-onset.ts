/** Samples a second of the sound that is listened to. */
export const SAMPLE_RATE = 48_000;

/** A click begins at full volume; what an encoder makes of silence stays far below. */
const LOUD = 2_000;
/** So much quiet before a loud sample makes it the beginning of a click. */
const QUIET_SAMPLES = (SAMPLE_RATE * 100) / 1000;

/** Finds the beginnings of clicks in a stream of mono 16-bit samples that comes in pieces. */
export class ClickOnsets {
  #quiet = 0;

  /** Places in `samples` at which a click begins. */
  find(samples: Int16Array): number[] {
    const onsets: number[] = [];
    samples.forEach((sample, place) => {
      if (Math.abs(sample) < LOUD) {
        this.#quiet++;
        return;
      }
      if (this.#quiet >= QUIET_SAMPLES) onsets.push(place);
      this.#quiet = 0;
    });
    return onsets;
  }
}
