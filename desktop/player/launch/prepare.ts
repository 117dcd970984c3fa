import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';
import type { MediaRequest, RtpCapabilities } from '@kilat/shared/media/parameters';
import { Device, detectDevice } from 'mediasoup-client';
import { makeCertificate } from './certificate.ts';
import { EfficientCodecs } from './efficient-codecs.ts';

/** What a page needs before it can ask for a session, or what this browser lacks. */
export type Prepared =
  | { ok: true; device: Device; certificate: RTCCertificate; media: MediaRequest }
  | { ok: false; missing: 'webrtc' | 'h264' };

/** Finds out what this browser can receive and makes its certificate; takes tens of milliseconds, so it is done at page load. */
export async function prepare(): Promise<Prepared> {
  if (typeof RTCPeerConnection === 'undefined' || detectDevice() === undefined) return { ok: false, missing: 'webrtc' };
  try {
    const efficient = new EfficientCodecs();
    const device = new Device();
    const [{ certificate, fingerprints }] = await Promise.all([
      makeCertificate(),
      device.load({
        routerRtpCapabilities: ROUTER_RTP_CAPABILITIES as Parameters<Device['load']>[0]['routerRtpCapabilities'],
      }),
    ]);
    const rtpCapabilities = device.recvRtpCapabilities as RtpCapabilities;
    if (!canDecodeH264(rtpCapabilities)) return { ok: false, missing: 'h264' };
    const dtlsFingerprints = fingerprints.slice(0, 4);
    const media = {
      rtpCapabilities,
      dtlsFingerprints,
      // What is known when the request is sent.
      get efficientCodecs() {
        return efficient.said;
      },
    };
    return { ok: true, device, certificate, media };
  } catch {
    // WebRTC is there by name but switched off (policy, privacy mode) or too old to make a certificate.
    return { ok: false, missing: 'webrtc' };
  }
}

/** Whether H.264 is among what a browser can receive. */
export function canDecodeH264({ codecs }: RtpCapabilities): boolean {
  return codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'video/h264');
}
