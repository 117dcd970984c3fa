import { expect, test } from 'vitest';
import { soundBothWays } from './round-trip-reports.ts';

const section = (kind: string, mid: string, direction: string) =>
  [`m=${kind} 7 UDP/TLS/RTP/SAVPF 100`, 'c=IN IP4 127.0.0.1', `a=mid:${mid}`, `a=${direction}`, 'a=rtcp-mux', ''].join(
    '\r\n',
  );
const session = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\na=group:BUNDLE datachannel 0 sound\r\n';

test('only the sound goes both ways', () => {
  const channels = 'm=application 7 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:datachannel\r\n';
  const picture = section('video', '0', 'sendonly');
  expect(soundBothWays(session + channels + picture + section('audio', 'sound', 'sendonly'))).toBe(
    session + channels + picture + section('audio', 'sound', 'sendrecv'),
  );
});

test('a sound that was closed stays so, and an offer without sound stays as it is', () => {
  const closed = session + section('audio', 'sound', 'inactive');
  expect(soundBothWays(closed)).toBe(closed);
  const silent = session + section('video', '0', 'sendonly');
  expect(soundBothWays(silent)).toBe(silent);
});
