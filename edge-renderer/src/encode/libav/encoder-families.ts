import type { Rendition } from '@kilat/shared/media/rendition';
import {
  AV_HWDEVICE_TYPE_CUDA,
  AV_HWDEVICE_TYPE_QSV,
  AV_HWDEVICE_TYPE_VAAPI,
  AV_PIX_FMT_CUDA,
  AV_PIX_FMT_NV12,
  AV_PIX_FMT_QSV,
  AV_PIX_FMT_VAAPI,
  AV_PIX_FMT_YUV420P,
  type AVHWDeviceType,
  type AVPixelFormat,
  FF_ENCODER_AV1_AMF,
  FF_ENCODER_AV1_NVENC,
  FF_ENCODER_AV1_QSV,
  FF_ENCODER_AV1_VAAPI,
  FF_ENCODER_H264_AMF,
  FF_ENCODER_H264_NVENC,
  FF_ENCODER_H264_QSV,
  FF_ENCODER_H264_VAAPI,
  FF_ENCODER_LIBSVTAV1,
  FF_ENCODER_LIBX264,
  type FFVideoEncoder,
} from 'node-av/constants';
import { levelOf } from '../h264-level.ts';
import { FINEST_QP, SLICES } from '../rate-control.ts';
import type { EncoderKind } from '../video-encoder.ts';

/** How one of libav's encoders is told to be what the port promises. */
export interface EncoderFamily {
  codec: FFVideoEncoder;
  /** What swscale makes of the screen, and what is uploaded. */
  softwareFormat: AVPixelFormat;
  /** Frames are uploaded to this kind of device; undefined: the encoder takes them from memory. */
  upload: { device: AVHWDeviceType; format: AVPixelFormat } | undefined;
  /** libav's encoder takes another bitrate while it runs; otherwise it is opened again, which costs an IDR. */
  changesBitrate: boolean;
  /** Frames' worth of bits that its rate control may save up, where `BUFFER_FRAMES` makes it work badly. */
  bufferFrames?: number;
  /** Its library makes this process's threads real-time where it may. */
  takesRealTime?: true;
  options(rendition: Rendition): Record<string, string>;
}

const dotted = ({ width, height, framesPerSecond }: Rendition): string =>
  (levelOf(width, height, framesPerSecond) / 10).toFixed(1);

/** libav's encoders by the port's names. Every option is checked against the library by a test, also without the hardware. */
export const ENCODER_FAMILIES: Record<Exclude<EncoderKind, `ffmpeg-${string}`>, EncoderFamily> = {
  nvenc: {
    codec: FF_ENCODER_H264_NVENC,
    softwareFormat: AV_PIX_FMT_NV12,
    upload: { device: AV_HWDEVICE_TYPE_CUDA, format: AV_PIX_FMT_CUDA },
    changesBitrate: true,
    options: (rendition) => ({
      preset: 'p1',
      tune: 'ull',
      profile: 'baseline',
      level: dotted(rendition),
      rc: 'cbr',
      zerolatency: '1',
      delay: '0',
      'forced-idr': '1',
    }),
  },
  vaapi: {
    codec: FF_ENCODER_H264_VAAPI,
    softwareFormat: AV_PIX_FMT_NV12,
    upload: { device: AV_HWDEVICE_TYPE_VAAPI, format: AV_PIX_FMT_VAAPI },
    changesBitrate: false,
    options: (rendition) => ({
      profile: 'constrained_baseline',
      level: dotted(rendition),
      rc_mode: 'CBR',
      async_depth: '1',
      aud: '0',
    }),
  },
  qsv: {
    codec: FF_ENCODER_H264_QSV,
    softwareFormat: AV_PIX_FMT_NV12,
    upload: { device: AV_HWDEVICE_TYPE_QSV, format: AV_PIX_FMT_QSV },
    changesBitrate: true,
    options: (rendition) => ({
      preset: 'veryfast',
      profile: 'baseline',
      // libav's own level; this encoder has no option for it.
      level: String(levelOf(rendition.width, rendition.height, rendition.framesPerSecond)),
      scenario: 'remotegaming',
      async_depth: '1',
      low_delay_brc: '1',
      forced_idr: '1',
      repeat_pps: '0',
    }),
  },
  amf: {
    codec: FF_ENCODER_H264_AMF,
    softwareFormat: AV_PIX_FMT_NV12,
    // AMF uploads frames from memory itself.
    upload: undefined,
    changesBitrate: false,
    options: (rendition) => ({
      usage: 'ultralowlatency',
      quality: 'speed',
      profile: 'constrained_baseline',
      level: dotted(rendition),
      rc: 'cbr',
      forced_idr: '1',
      header_spacing: '0',
      latency: '1',
    }),
  },
  x264: {
    codec: FF_ENCODER_LIBX264,
    softwareFormat: AV_PIX_FMT_YUV420P,
    upload: undefined,
    changesBitrate: true,
    options: ({ width, height, framesPerSecond }) => ({
      preset: 'ultrafast',
      tune: 'zerolatency',
      profile: 'baseline',
      'forced-idr': '1',
      'x264-params': `repeat-headers=1:scenecut=0:qpmin=${FINEST_QP}:slices=${SLICES}:level=${levelOf(width, height, framesPerSecond)}`,
    }),
  },
  'nvenc-av1': {
    codec: FF_ENCODER_AV1_NVENC,
    softwareFormat: AV_PIX_FMT_NV12,
    upload: { device: AV_HWDEVICE_TYPE_CUDA, format: AV_PIX_FMT_CUDA },
    changesBitrate: true,
    options: () => ({ preset: 'p1', tune: 'ull', rc: 'cbr', zerolatency: '1', delay: '0', 'forced-idr': '1' }),
  },
  'vaapi-av1': {
    codec: FF_ENCODER_AV1_VAAPI,
    softwareFormat: AV_PIX_FMT_NV12,
    upload: { device: AV_HWDEVICE_TYPE_VAAPI, format: AV_PIX_FMT_VAAPI },
    changesBitrate: false,
    options: () => ({ profile: 'main', rc_mode: 'CBR', async_depth: '1' }),
  },
  'qsv-av1': {
    codec: FF_ENCODER_AV1_QSV,
    softwareFormat: AV_PIX_FMT_NV12,
    upload: { device: AV_HWDEVICE_TYPE_QSV, format: AV_PIX_FMT_QSV },
    changesBitrate: true,
    options: () => ({ preset: 'veryfast', profile: 'main', async_depth: '1', low_delay_brc: '1', forced_idr: '1' }),
  },
  'amf-av1': {
    codec: FF_ENCODER_AV1_AMF,
    softwareFormat: AV_PIX_FMT_NV12,
    upload: undefined,
    changesBitrate: false,
    options: () => ({
      usage: 'ultralowlatency',
      quality: 'speed',
      profile: 'main',
      rc: 'cbr',
      forced_idr: '1',
      header_insertion_mode: 'gop',
      latency: 'lowest_latency',
      async_depth: '1',
      align: 'none',
    }),
  },
  'svt-av1': {
    codec: FF_ENCODER_LIBSVTAV1,
    softwareFormat: AV_PIX_FMT_YUV420P,
    upload: undefined,
    changesBitrate: false,
    takesRealTime: true,
    // With less, key frames of a textured picture become three times as large.
    bufferFrames: 6,
    options: () => ({
      // Faster ones, and its real-time mode (rtc), leave small changes out of the picture.
      preset: '9',
      // Low delay: it gives a frame back before it takes the next. Without the flat structure only every fourth frame makes
      // a resting picture finer; without a finest step it saves up for key frames of 40 frames' worth.
      'svtav1-params': `pred-struct=1:hierarchical-levels=0:overshoot-pct=0:min-qp=12:lp=${SLICES}`,
    }),
  },
};
