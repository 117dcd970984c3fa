import type { ShownFrame } from '@kilat/shared/latency/stages';
import type { EdgeMessage } from '@kilat/shared/session/channel-messages';
import { showCursor } from '../receive/cursor.ts';
import { Picture } from '../receive/picture.ts';
import { Sound } from '../receive/sound.ts';
import type { Connection } from './connection.ts';

/** Where a session's picture and sound come out; it may be set up before there is anything to show, or after. */
export class Stage {
  readonly sound: Sound;
  readonly #onFrame: (frame: ShownFrame, video: HTMLVideoElement) => void;
  /** The picture's track and the connection it came by. */
  #track: { track: MediaStreamTrack; receiver: RTCRtpReceiver; from: Connection } | undefined;
  #mounted: { video: HTMLVideoElement; surface: HTMLElement; picture: Picture } | undefined;

  constructor(onFrame: (frame: ShownFrame, video: HTMLVideoElement) => void, onSoundChange: () => void) {
    this.#onFrame = onFrame;
    this.sound = new Sound(onSoundChange);
  }

  /** The elements that the page shows it in; undefined before `mount`. */
  get elements(): { video: HTMLVideoElement; surface: HTMLElement } | undefined {
    return this.#mounted;
  }

  mount(video: HTMLVideoElement, surface: HTMLElement): void {
    const picture = new Picture(video, { onFrame: (frame) => this.#onFrame(frame, video) });
    this.#mounted = { video, surface, picture };
    if (this.#track !== undefined) picture.show(this.#track.track, this.#track.receiver);
  }

  showVideo(track: MediaStreamTrack, receiver: RTCRtpReceiver, from: Connection): void {
    this.#track = { track, receiver, from };
    this.#mounted?.picture.show(track, receiver);
  }

  /** Whether what is shown came by this connection: a last frame of one that was given up is not the next one's first. */
  shows(connection: Connection | undefined): boolean {
    return this.#track?.from === connection;
  }

  showPointer(image: Extract<EdgeMessage, { type: 'cursor' }>['image']): void {
    if (this.#mounted !== undefined) showCursor(this.#mounted.surface, image);
  }

  close(): void {
    this.#mounted?.picture.close();
    this.sound.close();
  }
}
