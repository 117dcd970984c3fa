import { AV1_PAYLOAD_TYPE, VIDEO_PAYLOAD_TYPE } from '@kilat/shared/media/router-capabilities';
import type { VideoCodec } from '../encode/video-codec.ts';
import { Av1Packetiser } from './av1-packets.ts';
import { h264Packets } from './h264-packets.ts';
import { RtpStream } from './rtp-packet.ts';

/** The packets of one encoded frame; `timestamp` in ticks of 90 kHz. */
export type Packetise = (frame: Buffer, timestamp: number) => Iterable<Buffer>;

/** A new RTP stream of a codec, with playout-delay 0/0 and a random first sequence number. */
export function newPacketiser(codec: VideoCodec, ssrc: number): Packetise {
  const firstSequence = Math.floor(Math.random() * 30_000);
  if (codec === 'video/AV1') {
    const av1 = new Av1Packetiser(new RtpStream(ssrc, AV1_PAYLOAD_TYPE, true, firstSequence));
    return (frame, timestamp) => av1.packets(frame, timestamp);
  }
  const stream = new RtpStream(ssrc, VIDEO_PAYLOAD_TYPE, true, firstSequence);
  return (frame, timestamp) => h264Packets(stream, frame, timestamp);
}
