const PAYLOAD_SPECIFIC_FEEDBACK = 206;
const PLI = 1;
const FIR = 4;

/** Whether a compound RTCP packet asks the sender of `ssrc` for a key frame: PLI (RFC 4585) or FIR (RFC 5104). */
export function asksForKeyFrame(compound: Buffer, ssrc: number): boolean {
  for (let at = 0; at + 12 <= compound.length; ) {
    const format = (compound[at] ?? 0) & 31;
    const bytes = 4 * (compound.readUInt16BE(at + 2) + 1);
    if (compound[at + 1] === PAYLOAD_SPECIFIC_FEEDBACK) {
      if (format === PLI && compound.readUInt32BE(at + 8) === ssrc) return true;
      if (format === FIR && at + 16 <= compound.length && compound.readUInt32BE(at + 12) === ssrc) return true;
    }
    at += bytes;
  }
  return false;
}
