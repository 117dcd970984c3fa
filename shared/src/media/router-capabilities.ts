import type { RtpCapabilities } from './parameters.ts';

/** RTP payload types and SSRC-free codec facts that edge and player agree on before they meet. */
export const AUDIO_PAYLOAD_TYPE = 100;
export const VIDEO_PAYLOAD_TYPE = 101;
export const AV1_PAYLOAD_TYPE = 103;
/** One-byte RTP header extension id of playout-delay, as the router knows it. */
export const PLAYOUT_DELAY_EXTENSION_ID = 11;
export const PLAYOUT_DELAY_URI = 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay';
/** Tells the edge's own media worker which AV1 packets begin a key frame; it goes no further. */
export const DEPENDENCY_DESCRIPTOR_EXTENSION_ID = 7;
export const DEPENDENCY_DESCRIPTOR_URI =
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension';

/** Tells by which section a page's silence was sent (RFC 9143). */
export const MID_EXTENSION_ID = 1;
export const MID_URI = 'urn:ietf:params:rtp-hdrext:sdes:mid';
/** The section of the sound, in which the page sends too. */
export const SOUND_MID = 'sound';

/** H.264 constrained baseline, non-interleaved (RFC 6184); the true level is in the stream's SPS. */
export const H264_PARAMETERS = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 };
/** AV1 main profile (AV1 RTP specification, section 7.2.1); the true level is in the stream's sequence header. */
export const AV1_PARAMETERS = { 'level-idx': 5, profile: 0, tier: 0 };
export const OPUS_PARAMETERS = { minptime: 10, useinbandfec: 0 };

const videoFeedback = [
  { type: 'nack', parameter: '' },
  { type: 'nack', parameter: 'pli' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'goog-remb', parameter: '' },
  { type: 'transport-cc', parameter: '' },
];
const transportCc = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/**
 * What every edge's router can carry: the part of mediasoup's router capabilities that Kilat uses. A constant, so that
 * the page needs no question before its launch request. Tested against a real router.
 */
export const ROUTER_RTP_CAPABILITIES: RtpCapabilities = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      clockRate: 48_000,
      channels: 2,
      preferredPayloadType: AUDIO_PAYLOAD_TYPE,
      parameters: OPUS_PARAMETERS,
      rtcpFeedback: [
        { type: 'nack', parameter: '' },
        { type: 'transport-cc', parameter: '' },
      ],
    },
    {
      kind: 'video',
      mimeType: 'video/H264',
      clockRate: 90_000,
      preferredPayloadType: VIDEO_PAYLOAD_TYPE,
      parameters: H264_PARAMETERS,
      rtcpFeedback: videoFeedback,
    },
    {
      kind: 'video',
      mimeType: 'video/rtx',
      clockRate: 90_000,
      preferredPayloadType: 102,
      parameters: { apt: VIDEO_PAYLOAD_TYPE },
      rtcpFeedback: [],
    },
    {
      kind: 'video',
      mimeType: 'video/AV1',
      clockRate: 90_000,
      preferredPayloadType: AV1_PAYLOAD_TYPE,
      parameters: AV1_PARAMETERS,
      rtcpFeedback: videoFeedback,
    },
    {
      kind: 'video',
      mimeType: 'video/rtx',
      clockRate: 90_000,
      preferredPayloadType: 104,
      parameters: { apt: AV1_PAYLOAD_TYPE },
      rtcpFeedback: [],
    },
  ],
  headerExtensions: [
    {
      kind: 'audio',
      uri: MID_URI,
      preferredId: MID_EXTENSION_ID,
      preferredEncrypt: false,
      direction: 'sendrecv',
    },
    {
      kind: 'video',
      uri: MID_URI,
      preferredId: MID_EXTENSION_ID,
      preferredEncrypt: false,
      direction: 'sendrecv',
    },
    { kind: 'video', uri: transportCc, preferredId: 5, preferredEncrypt: false, direction: 'sendrecv' },
    {
      kind: 'video',
      uri: PLAYOUT_DELAY_URI,
      preferredId: PLAYOUT_DELAY_EXTENSION_ID,
      preferredEncrypt: false,
      direction: 'sendrecv',
    },
  ],
};
