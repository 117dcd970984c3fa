import type { types } from 'mediasoup-client';

/** What no handler of mediasoup-client shows; the same in all that it has, in the version that is pinned. */
interface Inside {
  _pc: RTCPeerConnection;
  _remoteSdp: { receiveSctpAssociation(): void };
  _hasDataChannelMediaSection: boolean;
}

/** The browser's connection behind a handler; undefined in a version that keeps it elsewhere. */
export function peerConnection(handler: types.HandlerInterface): RTCPeerConnection | undefined {
  return (handler as Partial<Inside>)._pc;
}

/**
 * Lets one negotiation open picture, sound and data channels, where a handler makes three; call it before anything is
 * received. The section of the bandwidth probes is negotiated when the connection has settled: a negotiation holds up ICE.
 */
export function negotiateOnce(handler: types.HandlerInterface, settled: Promise<void>): void {
  const inside = handler as Partial<Inside>;
  if (inside._hasDataChannelMediaSection === false && inside._remoteSdp?.receiveSctpAssociation !== undefined) {
    inside._remoteSdp.receiveSctpAssociation();
    inside._hasDataChannelMediaSection = true;
  }
  const receive = handler.receive.bind(handler);
  handler.receive = async (options) => {
    if (options.every(({ trackId }) => trackId === 'probator')) await settled;
    return await receive(options);
  };
}
