import { SOUND_MID } from '@kilat/shared/media/router-capabilities';
import type { types } from 'mediasoup-client';
import { peerConnection } from './handler-inside.ts';
import { onceActive } from './once-active.ts';

/** How often it is looked whether a round trip is known, ms. */
const LOOK_EVERY_MS = 250;

/**
 * Lets a connection that receives know its round trip. libwebrtc asks again for a lost packet after one round trip, and
 * after 100 ms where it knows none; it takes it from the receiver reports about what it sends (RFC 3550, section 6.4.1). So a
 * few packets of silence are sent by the sound's section; after the first report only sender reports follow them.
 */
export class RoundTripReports {
  readonly #connection: RTCPeerConnection | undefined;
  readonly #closing = new AbortController();
  #started = false;

  constructor(handler: types.HandlerInterface) {
    // Without it all works as before, but for the faster repetition.
    const connection = peerConnection(handler);
    this.#connection = connection;
    if (connection === undefined) return;
    const setRemoteDescription = connection.setRemoteDescription.bind(connection);
    // The receiving side of mediasoup-client writes offers of an edge that only sends.
    connection.setRemoteDescription = async ({ type, sdp = '' }: RTCSessionDescriptionInit) => {
      await setRemoteDescription({ type, sdp: soundBothWays(sdp) });
      const sound = this.#sound();
      if (sound !== undefined) sound.direction = 'sendrecv';
    };
  }

  /** Sends silence until a round trip is known. Browsers keep silent until the player has touched the page. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    onceActive(this.#closing.signal, () => void this.#send().catch(() => undefined));
  }

  close(): void {
    this.#closing.abort();
  }

  async #send(): Promise<void> {
    const sender = this.#sound()?.sender;
    if (sender === undefined) return;
    // No device: nothing of it is to be heard.
    const context = new AudioContext({ latencyHint: 'playback', sinkId: { type: 'none' } } as AudioContextOptions);
    const silence = new ConstantSourceNode(context, { offset: 0 });
    const { stream } = silence.connect(new MediaStreamAudioDestinationNode(context)) as MediaStreamAudioDestinationNode;
    silence.start();
    this.#closing.signal.addEventListener('abort', () => void context.close());
    await sender.replaceTrack(stream.getAudioTracks()[0] ?? null);
    while (!this.#closing.signal.aborted && !(await knowsRoundTrip(sender)))
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (!this.#closing.signal.aborted) await context.suspend();
  }

  #sound(): RTCRtpTransceiver | undefined {
    return this.#connection?.getTransceivers().find(({ mid }) => mid === SOUND_MID);
  }
}

/** The edge's offer, with a sound that goes both ways. Other sections stay as they are. */
export function soundBothWays(sdp: string): string {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) =>
      section.includes(`\r\na=mid:${SOUND_MID}\r\n`)
        ? section.replace('\r\na=sendonly\r\n', '\r\na=sendrecv\r\n')
        : section,
    )
    .join('');
}

async function knowsRoundTrip(sender: RTCRtpSender): Promise<boolean> {
  for (const entry of (await sender.getStats()).values())
    if (entry.type === 'remote-inbound-rtp' && entry.roundTripTime !== undefined) return true;
  return false;
}
