/** Totals since the page began; a difference of two readings is what a stretch of time cost. */
export interface Traffic {
  /** Received by the page's peer connections and WebSockets: payload, without UDP, TCP and IP headers. */
  bytesReceived: number;
  framesDecoded: number;
  framesDropped: number;
  jitterBufferDelaySeconds: number;
  jitterBufferFrames: number;
  decodeSeconds: number;
  keyFrames: number;
  packetsLost: number;
  audioJitterBufferDelaySeconds: number;
  audioJitterBufferSamples: number;
}

/** mediasoup's bandwidth prober; `getStats` lists it as a stream. */
const PROBATOR_SSRC = 1234;

/** Counts what arrives at a page, whatever product it shows. */
export class TrafficTap {
  readonly #connections: RTCPeerConnection[] = [];
  #webSocketBytes = 0;

  /** Call before the page's own scripts run. */
  install(): void {
    // Proxies, not subclasses: a page must find on its instances just what it would without us.
    globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
      construct: (Original, values: [RTCConfiguration?]) => {
        const connection = new Original(...values);
        this.#connections.push(connection);
        return connection;
      },
    });
    globalThis.WebSocket = new Proxy(WebSocket, {
      construct: (Original, values: [string | URL, (string | string[])?]) => {
        const socket = new Original(...values);
        socket.addEventListener('message', ({ data }) => {
          this.#webSocketBytes += sizeOf(data);
        });
        return socket;
      },
    });
  }

  async read(): Promise<Traffic> {
    const traffic: Traffic = {
      bytesReceived: this.#webSocketBytes,
      framesDecoded: 0,
      framesDropped: 0,
      jitterBufferDelaySeconds: 0,
      jitterBufferFrames: 0,
      decodeSeconds: 0,
      keyFrames: 0,
      packetsLost: 0,
      audioJitterBufferDelaySeconds: 0,
      audioJitterBufferSamples: 0,
    };
    for (const connection of this.#connections) {
      if (connection.connectionState === 'closed') continue;
      for (const [, entry] of await connection.getStats()) add(traffic, entry);
    }
    return traffic;
  }
}

// The DOM's types leave the entries of a stats report open.
function add(traffic: Traffic, entry: Record<string, unknown>): void {
  const value = (name: string) => Number(entry[name] ?? 0);
  if (entry.type === 'transport') traffic.bytesReceived += value('bytesReceived');
  if (entry.type !== 'inbound-rtp' || entry.ssrc === PROBATOR_SSRC) return;
  traffic.packetsLost += value('packetsLost');
  if (entry.kind === 'video') {
    traffic.framesDecoded += value('framesDecoded');
    traffic.framesDropped += value('framesDropped');
    traffic.jitterBufferDelaySeconds += value('jitterBufferDelay');
    traffic.jitterBufferFrames += value('jitterBufferEmittedCount');
    traffic.decodeSeconds += value('totalDecodeTime');
    traffic.keyFrames += value('keyFramesDecoded');
  } else {
    traffic.audioJitterBufferDelaySeconds += value('jitterBufferDelay');
    traffic.audioJitterBufferSamples += value('jitterBufferEmittedCount');
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  if (data instanceof Blob) return data.size;
  return data instanceof ArrayBuffer ? data.byteLength : 0;
}
