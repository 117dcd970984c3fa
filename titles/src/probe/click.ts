import { spawn } from 'node:child_process';

const SAMPLE_RATE = 48_000;
const TONE_HZ = 1_000;
const TONE_MS = 60;
/** Asked of the sound server: as much as a game with a buffer of 256 samples asks for. */
const LATENCY_BYTES = 256 * 2 * 2;

/**
 * Opens a stream to the sound server and returns what sounds a click: 60 ms of a 1 kHz tone that begins at full volume,
 * so that its first sample can be told from silence. A missing `pacat` or sound server leaves the clicks unheard.
 */
export function openClick(): () => void {
  const player = spawn(
    'pacat',
    [
      '--playback',
      '--raw',
      '--format=s16le',
      `--rate=${SAMPLE_RATE}`,
      '--channels=2',
      `--latency=${LATENCY_BYTES}`,
      '--client-name=probe',
    ],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  );
  player.on('error', () => {});
  player.stdin.on('error', () => {});
  const tone = clickTone();
  return () => {
    player.stdin.write(tone);
  };
}

/** Samples of one click, 16-bit, two channels. */
function clickTone(): Buffer {
  const samples = new Int16Array(((SAMPLE_RATE * TONE_MS) / 1000) * 2);
  for (let place = 0; place < samples.length; place++) {
    samples[place] = Math.round(16_000 * Math.cos((2 * Math.PI * TONE_HZ * Math.floor(place / 2)) / SAMPLE_RATE));
  }
  return Buffer.from(samples.buffer);
}
