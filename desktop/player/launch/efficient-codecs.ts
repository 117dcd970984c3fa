/** Codecs besides H.264 that an edge may send, as `decodingInfo` is asked about them. */
const ASKED = ['video/AV1'];
/** What games are sent at; a browser's answer depends on it. */
const PICTURE = { width: 1280, height: 720, framerate: 60, bitrate: 8_000_000 };

/** What a browser has said so far about what it decodes without strain; asking takes longer than a launch may wait. */
export class EfficientCodecs {
  readonly #said: string[] = [];

  /** Asks. Nothing waits for the answer: a launch before it is in H.264. */
  constructor() {
    for (const contentType of ASKED) void this.#ask(contentType).catch(() => {});
  }

  get said(): string[] {
    return [...this.#said];
  }

  async #ask(contentType: string): Promise<void> {
    const info = await navigator.mediaCapabilities.decodingInfo({ type: 'webrtc', video: { contentType, ...PICTURE } });
    if (info.supported && info.smooth && info.powerEfficient) this.#said.push(contentType);
  }
}
