import type { types } from 'mediasoup';
import {
  AUDIO_PAYLOAD_TYPE,
  AV1_PARAMETERS,
  AV1_PAYLOAD_TYPE,
  DEPENDENCY_DESCRIPTOR_EXTENSION_ID,
  DEPENDENCY_DESCRIPTOR_URI,
  H264_PARAMETERS,
  MID_EXTENSION_ID,
  MID_URI,
  OPUS_PARAMETERS,
  PLAYOUT_DELAY_EXTENSION_ID,
  PLAYOUT_DELAY_URI,
  SOUND_MID,
  VIDEO_PAYLOAD_TYPE,
} from '@kilat/shared/media/router-capabilities';

const playoutDelay = { uri: PLAYOUT_DELAY_URI as types.RtpHeaderExtensionUri, id: PLAYOUT_DELAY_EXTENSION_ID };
/** By it the worker knows a key frame of AV1, and asks no second time for one that has come. */
const dependencyDescriptor = { uri: DEPENDENCY_DESCRIPTOR_URI, id: DEPENDENCY_DESCRIPTOR_EXTENSION_ID } as const;

/** How the container sends H.264. */
export const H264 = {
  codec: { mimeType: 'video/H264' as const, payloadType: VIDEO_PAYLOAD_TYPE, parameters: H264_PARAMETERS },
  headerExtensions: [playoutDelay],
};
/** How the container sends AV1. */
export const AV1 = {
  codec: { mimeType: 'video/AV1' as const, payloadType: AV1_PAYLOAD_TYPE, parameters: AV1_PARAMETERS },
  headerExtensions: [playoutDelay, dependencyDescriptor],
};

/** Of the stream in which a container sends its picture. */
export function videoParameters(
  { codec, headerExtensions }: typeof H264 | typeof AV1,
  ssrc: number,
): types.RtpParameters {
  const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'ccm', parameter: 'fir' }];
  return {
    codecs: [
      {
        mimeType: codec.mimeType,
        payloadType: codec.payloadType,
        parameters: codec.parameters,
        clockRate: 90_000,
        rtcpFeedback: feedback,
      },
    ],
    headerExtensions,
    // dtx: a still screen sends nothing; mediasoup must not take that for a dead stream.
    encodings: [{ ssrc, dtx: true }],
    rtcp: { cname: 'title' },
  };
}

/** Of the stream in which a container sends its sound. */
export function audioParameters(ssrc: number): types.RtpParameters {
  return {
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: AUDIO_PAYLOAD_TYPE,
        clockRate: 48_000,
        channels: 2,
        parameters: OPUS_PARAMETERS,
      },
    ],
    encodings: [{ ssrc, dtx: true }],
    rtcp: { cname: 'title' },
  };
}

/** What a page sends by its sound's section (`mid`) to learn its round trip: silence, whose SSRC the page chooses. */
export const SILENCE: types.RtpParameters = {
  mid: SOUND_MID,
  codecs: audioParameters(0).codecs,
  headerExtensions: [{ uri: MID_URI, id: MID_EXTENSION_ID }],
  encodings: [{}],
  rtcp: { cname: 'page' },
};
