import { ROUTER_RTP_CAPABILITIES } from '@kilat/shared/media/router-capabilities';
import type { MediaWorker } from './media-workers.ts';
import { SessionMedia } from './session-media.ts';

const fingerprint = { algorithm: 'sha-256', value: Array.from({ length: 32 }, () => '00').join(':') } as const;

/** Makes and closes one session's media, so that the first player's launch does not pay for cold code. */
export async function rehearse(worker: MediaWorker): Promise<void> {
  const media = await SessionMedia.create(worker);
  await media.offer({ rtpCapabilities: ROUTER_RTP_CAPABILITIES, dtlsFingerprints: [fingerprint] });
  media.close();
}
