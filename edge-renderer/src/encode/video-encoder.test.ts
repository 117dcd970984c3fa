import { describe, expect, test } from 'vitest';
import { Codec, CodecContext } from 'node-av/lib';
import { ENCODER_FAMILIES } from './libav/encoder-families.ts';
import { openEncoder, openScreen } from './open-encoder.ts';
import { EncoderKind } from './video-encoder.ts';
import { encoderContract } from './testing/video-encoder-contract.ts';

const rendition = { width: 640, height: 360, framesPerSecond: 60, bitrateKbps: 4_000 };

/** Why an implementation cannot run on this host; undefined where it can. */
async function whyNot(kind: EncoderKind): Promise<string | undefined> {
  try {
    const encoder = await openEncoder(kind, await openScreen(rendition.width, rendition.height), rendition);
    try {
      await encoder.encode(0);
    } finally {
      encoder.close();
    }
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n').at(-1);
  }
}

for (const kind of EncoderKind.options) {
  const reason = await whyNot(kind);
  if (reason === undefined) encoderContract(kind, openEncoder);
  else describe.skip(`encoder ${kind} cannot run here: ${reason}`, () => test(kind, () => {}));
}

test('the processor’s encoder and the program’s run on every host', async () => {
  expect([await whyNot('x264'), await whyNot('ffmpeg-x264'), await whyNot('svt-av1')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each(Object.entries(ENCODER_FAMILIES))('libav knows every option that %s is given', (_kind, family) => {
  const codec = Codec.findEncoderByName(family.codec);
  expect(codec).not.toBeNull();
  const context = new CodecContext();
  context.allocContext3(codec);
  for (const [name, value] of Object.entries(family.options(rendition)))
    expect(context.setOption(name, value), `${name}=${value}`).toBeGreaterThanOrEqual(0);
  context.freeContext();
});

test.each(['nvenc', 'vaapi', 'qsv', 'nvenc-av1', 'vaapi-av1', 'qsv-av1'] as const)(
  '%s without its device says so',
  async (kind) => {
    const reason = await whyNot(kind);
    if (reason !== undefined) expect(reason).toMatch(/no \w+ device or driver here|could not be opened/);
  },
);
