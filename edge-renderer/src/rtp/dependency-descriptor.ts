/** Templates of the structure below: a key frame depends on nothing, every other frame on the one before. */
const KEY_TEMPLATE = 0;
const DELTA_TEMPLATE = 1;

/**
 * Bits of the first packet of a key frame after the mandatory fields (AV1 RTP specification, section A.8.2): one spatial and
 * one temporal layer, one decode target, no chains.
 */
const STRUCTURE = Buffer.from(
  [
    '1 0 0 0 0', // structure present; no active targets, custom indications, differences or chains
    '000000 00000', // template ids from 0, one decode target
    '00 11', // two templates of the same layer
    '10 10', // each is a switch for the target
    '0 1 0000 0', // frame differences: none; one frame back
    '0', // no chains
    '0', // no resolutions
  ]
    .join('')
    .replaceAll(' ', '')
    .padEnd(40, '0')
    .match(/.{8}/g)
    ?.map((bits) => Number.parseInt(bits, 2)) ?? [],
);
const MANDATORY_BYTES = 3;

/** The dependency descriptor of one packet. `frame`: number of its frame, modulo 2^16. */
export function dependencyDescriptor(
  frame: number,
  { first, last, keyFrame }: { first: boolean; last: boolean; keyFrame: boolean },
): Buffer {
  const descriptor = Buffer.alloc(MANDATORY_BYTES + (first && keyFrame ? STRUCTURE.length : 0));
  descriptor[0] = (first ? 0x80 : 0) | (last ? 0x40 : 0) | (keyFrame ? KEY_TEMPLATE : DELTA_TEMPLATE);
  descriptor.writeUInt16BE(frame & 0xffff, 1);
  if (first && keyFrame) STRUCTURE.copy(descriptor, MANDATORY_BYTES);
  return descriptor;
}
