import type { DtlsFingerprint } from '@kilat/shared/media/parameters';

/** A DTLS certificate for this page's transport, and the fingerprints the edge is told in the launch request. */
export interface PageCertificate {
  certificate: RTCCertificate;
  fingerprints: DtlsFingerprint[];
}

/** Makes an ECDSA P-256 certificate, so that its fingerprint is known before any transport exists. */
export async function makeCertificate(): Promise<PageCertificate> {
  const certificate = await RTCPeerConnection.generateCertificate({
    name: 'ECDSA',
    namedCurve: 'P-256',
  } as EcKeyGenParams);
  const told = typeof certificate.getFingerprints === 'function' ? certificate.getFingerprints() : [];
  const fingerprints = told.flatMap(({ algorithm, value }) => asFingerprint(algorithm, value));
  return { certificate, fingerprints: fingerprints.length > 0 ? fingerprints : await fingerprintsByOffer(certificate) };
}

/** For browsers without `getFingerprints` (Firefox): a throw-away offer states them. */
async function fingerprintsByOffer(certificate: RTCCertificate): Promise<DtlsFingerprint[]> {
  const connection = new RTCPeerConnection({ certificates: [certificate] });
  try {
    connection.createDataChannel('fingerprint');
    return fingerprintsInSdp((await connection.createOffer()).sdp ?? '');
  } finally {
    connection.close();
  }
}

/** The distinct `a=fingerprint` lines (RFC 8122) of a session description. */
export function fingerprintsInSdp(sdp: string): DtlsFingerprint[] {
  const found = new Map<string, DtlsFingerprint>();
  for (const [, algorithm = '', value = ''] of sdp.matchAll(/^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)\s*$/gm)) {
    for (const fingerprint of asFingerprint(algorithm, value))
      found.set(`${fingerprint.algorithm} ${fingerprint.value}`, fingerprint);
  }
  return [...found.values()];
}

function asFingerprint(algorithm: string | undefined, value: string | undefined): DtlsFingerprint[] {
  const name = algorithm?.toLowerCase();
  if (value === undefined) return [];
  switch (name) {
    case 'sha-1':
    case 'sha-224':
    case 'sha-256':
    case 'sha-384':
    case 'sha-512':
      return [{ algorithm: name, value: value.toUpperCase() }];
    default:
      return [];
  }
}
