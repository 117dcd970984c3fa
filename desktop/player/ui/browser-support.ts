/**
 * What this browser lacks to play, as far as it can be told without asking for anything; undefined when it lacks nothing.
 * The launch looks more closely and refuses for the same reasons.
 */
export function missingInBrowser(): 'webrtc' | 'h264' | undefined {
  if (typeof RTCPeerConnection === 'undefined') return 'webrtc';
  const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs;
  return codecs === undefined || codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'video/h264')
    ? undefined
    : 'h264';
}
