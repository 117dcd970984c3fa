import type { MediaOffer, MediaRequest } from '@kilat/shared/media/parameters';
import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';

const fingerprint = { algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') };
const transport = (id: string) => ({
  id,
  iceParameters: { usernameFragment: 'ufrag', password: 'password', iceLite: true },
  iceCandidates: [
    {
      foundation: 'udp',
      priority: 1,
      ip: '127.0.0.1',
      address: '127.0.0.1',
      protocol: 'udp' as const,
      port: 40_000,
      type: 'host' as const,
    },
  ],
  dtlsParameters: { role: 'auto' as const, fingerprints: [fingerprint] },
  sctpParameters: { port: 5000, OS: 1024, MIS: 1024, maxMessageSize: 262_144 },
});
const consumer = (kind: 'audio' | 'video') => ({ id: kind, producerId: kind, kind, rtpParameters: { codecs: [] } });
const channel = (label: string, streamId: number) => ({
  id: label,
  dataProducerId: label,
  sctpStreamParameters: { streamId, ordered: true },
  label,
  protocol: '',
});

/** What a page that decodes H.264 asks for. */
export const MEDIA_REQUEST: MediaRequest = {
  rtpCapabilities: ROUTER_RTP_CAPABILITIES,
  dtlsFingerprints: [fingerprint],
};

/** A well-formed offer that leads nowhere: the Indexer passes media parameters on, it does not read them. */
export const MEDIA_OFFER: MediaOffer = {
  transport: transport('transport'),
  video: consumer('video'),
  audio: consumer('audio'),
  report: channel('report', 1),
  events: channel('events', 2),
};
