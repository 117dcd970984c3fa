import { expect, test } from 'vitest';
import { fingerprintsInSdp } from './certificate.ts';

test('reads each distinct fingerprint of an offer once', () => {
  const sdp = [
    'v=0',
    'a=fingerprint:sha-256 ab:CD:01',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'a=fingerprint:sha-256 AB:CD:01',
    'a=fingerprint:SHA-512 00:FF',
    'a=fingerprint:md5 00:11',
    '',
  ].join('\r\n');
  expect(fingerprintsInSdp(sdp)).toEqual([
    { algorithm: 'sha-256', value: 'AB:CD:01' },
    { algorithm: 'sha-512', value: '00:FF' },
  ]);
});
