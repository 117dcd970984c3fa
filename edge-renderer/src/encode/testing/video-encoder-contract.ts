import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { AVCOL_PRI_BT709, AVCOL_RANGE_MPEG, AVCOL_SPC_SMPTE170M, AVCOL_TRC_IEC61966_2_1 } from 'node-av/constants';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OBU_SEQUENCE_HEADER, obus } from '../../rtp/av1-obus.ts';
import { nalUnits } from '../../rtp/h264-packets.ts';
import { PictureDecoder, toPixels } from '../libav/picture-decoder.ts';
import { openScreen, type OpenEncoder } from '../open-encoder.ts';
import { MovingScene } from '../probe/moving-scene.ts';
import { lumaOf, psnrDb } from '../probe/picture-quality.ts';
import type { Screen } from '../screen.ts';
import { codecOf } from '../video-codec.ts';
import type { EncoderKind, VideoEncoder } from '../video-encoder.ts';

const size = { width: 640, height: 360 };
const rendition = { ...size, framesPerSecond: 60, bitrateKbps: 8_000 };
const TICKS = 1_500;
/** sRGB by the BT.601 matrix, limited range. */
const SIGNALLED = {
  colorPrimaries: AVCOL_PRI_BT709,
  colorTrc: AVCOL_TRC_IEC61966_2_1,
  colorSpace: AVCOL_SPC_SMPTE170M,
  colorRange: AVCOL_RANGE_MPEG,
};

const nalTypes = (data: Buffer) => [...nalUnits(data)].map((nal) => (nal[0] as number) & 31);
const obuTypes = (data: Buffer) => [...obus(data)].map(({ type }) => type);

/** What every implementation of the encoder port does, with the real codec. */
export function encoderContract(kind: EncoderKind, open: OpenEncoder): void {
  describe(`encoder ${kind}`, () => {
    let screen: Screen;
    let scene: MovingScene;
    const closing: { close(): void }[] = [];
    const opened = async (wanted = rendition): Promise<VideoEncoder> => {
      const encoder = await open(kind, screen, wanted);
      closing.push(encoder);
      return encoder;
    };
    const decoder = () => {
      const made = new PictureDecoder(codecOf(kind));
      closing.push(made);
      return made;
    };
    beforeAll(async () => {
      screen = await openScreen(size.width, size.height);
      scene = new MovingScene(size.width, size.height);
    });
    afterEach(() => {
      for (const part of closing.splice(0)) part.close();
    });

    test('an IDR comes first and exactly when asked for, with its parameter sets', async () => {
      const encoder = await opened();
      const keys: number[] = [];
      for (let frame = 0; frame < 40; frame++) {
        if (frame === 12 || frame === 29) encoder.requestKeyFrame();
        scene.draw(frame, screen.pixels);
        const { data, keyFrame } = await encoder.encode(frame * TICKS);
        if (keyFrame) keys.push(frame);
        if (codecOf(kind) === 'video/AV1') {
          expect(obuTypes(data).includes(OBU_SEQUENCE_HEADER)).toBe(keyFrame);
          continue;
        }
        expect(nalTypes(data).includes(5)).toBe(keyFrame);
        if (keyFrame) expect(nalTypes(data)).toEqual(expect.arrayContaining([7, 8, 5]));
      }
      expect(keys).toEqual([0, 12, 29]);
    });

    test('one frame in is that frame out, and decodes to what was shown', async () => {
      const encoder = await opened();
      const decode = decoder();
      for (let frame = 0; frame < 20; frame++) {
        scene.draw(frame * 7, screen.pixels);
        const { data } = await encoder.encode(frame * TICKS);
        const decoded = decode.decode(data, frame * TICKS);
        expect(decoded).toMatchObject({ ...size, ticks: frame * TICKS });
        const quality = psnrDb(lumaOf(screen.pixels), decoded.luma, size.width, size.height, decoded.lumaStride);
        expect(quality, `frame ${frame}`).toBeGreaterThan(28);
      }
    });

    test('rows that are told to have changed are in the next picture', async () => {
      const encoder = await opened();
      const decode = decoder();
      scene.draw(0, screen.pixels);
      decode.decode((await encoder.encode(0)).data, 0);
      screen.pixels.fill(0xff, 100 * size.width * 4, 140 * size.width * 4);
      const { data } = await encoder.encode(TICKS, [{ top: 100, bottom: 140 }]);
      const { luma, lumaStride } = decode.decode(data, TICKS);
      const brightness = [90, 120, 150].map((row) => luma[row * lumaStride + 320] as number);
      expect(brightness[1]).toBeGreaterThan(225);
      expect(Math.max(brightness[0] as number, brightness[2] as number)).toBeLessThan(200);
    });

    test('no thread of this process is real-time because of it', async () => {
      const encoder = await opened();
      await encoder.encode(0);
      const threads = execFileSync('ps', ['-L', '-o', 'cls=', '-p', String(process.pid)], { encoding: 'utf8' });
      expect(new Set(threads.trim().split(/\s+/))).toEqual(new Set(['TS']));
    });

    test('small changes are in the very next picture, and a picture at rest is right all over', async () => {
      const encoder = await opened();
      const decode = decoder();
      screen.pixels.fill(0);
      decode.decode((await encoder.encode(0)).data, 0);
      let frame = 0;
      let seed = 7;
      const upTo = (bound: number) => {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((seed / 2 ** 32) * bound);
      };
      for (let change = 0; change < 24; change++) {
        const [wide, high] = [8 * (2 + upTo(15)), 8 * (2 + upTo(9))];
        const [left, top] = [8 * upTo((size.width - wide) / 8), 8 * upTo((size.height - high) / 8)];
        // As unlike what was there as the grey of a key that is pressed.
        const before = screen.pixels[((top + high / 2) * size.width + left + wide / 2) * 4] as number;
        const grey = (before + 80 + upTo(96)) % 256;
        for (let y = top; y < top + high; y++)
          screen.pixels.fill(grey, (y * size.width + left) * 4, (y * size.width + left + wide) * 4);
        const { data } = await encoder.encode(++frame * TICKS, [{ top, bottom: top + high }]);
        const { luma, lumaStride } = decode.decode(data, frame * TICKS);
        const [x, y] = [left + wide / 2, top + high / 2];
        const drawn = lumaOf(screen.pixels)[y * size.width + x] as number;
        expect(Math.abs((luma[y * lumaStride + x] as number) - drawn), `change ${change}`).toBeLessThan(32);
      }
      let wrong = 0;
      for (let rest = 0; rest < 8; rest++) {
        const { data } = await encoder.encode(++frame * TICKS, []);
        const { luma, lumaStride } = decode.decode(data, frame * TICKS);
        const drawn = lumaOf(screen.pixels);
        wrong = 0;
        for (let y = 4; y < size.height; y += 8)
          for (let x = 4; x < size.width; x += 8)
            if (Math.abs((luma[y * lumaStride + x] as number) - (drawn[y * size.width + x] as number)) > 12) wrong += 1;
      }
      expect(wrong).toBe(0);
    });

    test('a width that is no multiple of anything is no slanted picture', async () => {
      const narrow = { width: 646, height: 358 };
      const odd = await openScreen(narrow.width, narrow.height);
      const encoder = await open(kind, odd, { ...rendition, ...narrow });
      closing.push(encoder);
      new MovingScene(narrow.width, narrow.height).draw(3, odd.pixels);
      const decoded = decoder().decode((await encoder.encode(0)).data, 0);
      expect(decoded).toMatchObject(narrow);
      const quality = psnrDb(lumaOf(odd.pixels), decoded.luma, narrow.width, narrow.height, decoded.lumaStride);
      expect(quality).toBeGreaterThan(28);
    });

    test('flat colours come back within 4 of 255, and the stream says how they are coded', async () => {
      const encoder = await opened();
      const decode = decoder();
      const colours = [
        0x000000, 0xffffff, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0x00ffff, 0xff00ff, 0x808080, 0xc86432,
      ];
      const wide = size.width / colours.length;
      for (let at = 0; at < size.width * size.height; at++)
        screen.pixels.writeUInt32LE(colours[Math.floor((at % size.width) / wide)] as number, at * 4);
      let pixels: Buffer = Buffer.alloc(0);
      for (let frame = 0; frame < 10; frame++) {
        const { data } = await encoder.encode(frame * TICKS);
        const decoded = decode.decode(data, frame * TICKS);
        const { colorPrimaries, colorTrc, colorSpace, colorRange } = decoded.frame;
        expect({ colorPrimaries, colorTrc, colorSpace, colorRange }).toEqual(SIGNALLED);
        if (frame === 9) pixels = toPixels(decoded);
      }
      const seen = colours.map((_, patch) => {
        const at = (180 * size.width + Math.floor((patch + 0.5) * wide)) * 4;
        return [pixels[at + 2], pixels[at + 1], pixels[at]] as number[];
      });
      for (const [patch, colour] of colours.entries())
        for (const [channel, shift] of [16, 8, 0].entries())
          expect(
            Math.abs((seen[patch]?.[channel] ?? 999) - ((colour >> shift) & 255)),
            colour.toString(16),
          ).toBeLessThanOrEqual(4);
    });

    test.runIf(codecOf(kind) === 'video/AV1')('the stream is main profile', async () => {
      const encoder = await opened();
      const { data } = await encoder.encode(0);
      const header = [...obus(data)].find(({ type }) => type === OBU_SEQUENCE_HEADER);
      // seq_profile is the first three bits (AV1 specification, section 5.5.1).
      expect((header?.payload[0] ?? 255) >> 5).toBe(0);
    });

    test.runIf(codecOf(kind) === 'video/H264')(
      'the stream is constrained baseline at the rendition’s own level',
      async () => {
        const encoder = await opened();
        const { data } = await encoder.encode(0);
        const sps = [...nalUnits(data)].find((nal) => ((nal[0] as number) & 31) === 7) as Buffer;
        expect([sps[1], (sps[2] as number) & 0x40, sps[3]]).toEqual([66, 0x40, 31]);
      },
    );

    test('the bitrate changes while it runs', async () => {
      const encoder = await opened();
      const noise = randomBytes(screen.pixels.length * 2);
      let frame = 0;
      const kbpsOver = async (frames: number) => {
        let bytes = 0;
        for (const end = frame + frames; frame < end; frame++) {
          // Of noise all over the picture AV1's coarsest step still makes more than is asked for.
          const from = (frame * 4096) % screen.pixels.length;
          noise.copy(screen.pixels, 0, from, from + screen.pixels.length / 3);
          const encoded = await encoder.encode(frame * TICKS);
          bytes += encoded.data.length;
        }
        return (bytes * 8 * rendition.framesPerSecond) / frames / 1000;
      };
      await kbpsOver(15);
      const before = await kbpsOver(30);
      encoder.setBitrate(2_000);
      await kbpsOver(15);
      expect(await kbpsOver(30)).toBeLessThan(before * 0.5);
    });

    test('size and rate change with the next frame, which is an IDR', async () => {
      const encoder = await opened();
      const decode = decoder();
      scene.draw(0, screen.pixels);
      for (let frame = 0; frame < 5; frame++) decode.decode((await encoder.encode(frame * TICKS)).data, frame * TICKS);
      encoder.setPicture({ width: 480, height: 270, framesPerSecond: 30 });
      const { data, keyFrame } = await encoder.encode(5 * TICKS);
      expect(keyFrame).toBe(true);
      expect(decode.decode(data, 5 * TICKS)).toMatchObject({ width: 480, height: 270 });
      const next = await encoder.encode(7 * TICKS);
      expect(next.keyFrame).toBe(false);
    });

    test('closing during a frame loses nothing else, and a closed encoder says so', async () => {
      const encoder = await opened();
      await encoder.encode(0);
      const last = encoder.encode(TICKS).catch((error: unknown) => error);
      encoder.close();
      encoder.close();
      await last;
      await expect(encoder.encode(2 * TICKS)).rejects.toMatchObject({ reason: 'failed' });
    });
  });
}
