import type { ShownFrame } from '@kilat/shared/latency/stages';

export interface PictureListener {
  /** A frame was shown; during the call `video` still holds it. */
  onFrame(frame: ShownFrame, video: HTMLVideoElement): void;
}

/** Shows a video track in an element and tells of each frame shown, with its RTP timestamp. */
export class Picture {
  readonly #video: HTMLVideoElement;
  readonly #listener: PictureListener;
  #receiver: RTCRtpReceiver | undefined;
  #lastRtpTimestamp: number | undefined;
  #stopWatching: () => void = () => undefined;

  constructor(video: HTMLVideoElement, listener: PictureListener) {
    this.#video = video;
    this.#listener = listener;
    // Without sound the autoplay rule lets it play; the sound has an element of its own.
    video.muted = true;
    video.autoplay = true;
    video.playsInline = true;
    video.disablePictureInPicture = true;
  }

  /** Shows another track in place of the one before; the last picture stays until the new one's first frame. */
  show(track: MediaStreamTrack, receiver: RTCRtpReceiver): void {
    this.#stopWatching();
    this.#receiver = receiver;
    this.#lastRtpTimestamp = undefined;
    this.#video.srcObject = new MediaStream([track]);
    this.#video.play().catch(() => undefined);
    this.#stopWatching = 'requestVideoFrameCallback' in this.#video ? this.#watchFrames() : this.#watchTimestamps();
  }

  close(): void {
    this.#stopWatching();
    this.#video.srcObject = null;
  }

  #watchFrames(): () => void {
    const video = this.#video;
    let handle = 0;
    const onFrame: VideoFrameRequestCallback = (_now, metadata) => {
      const shownMs = performance.now();
      handle = video.requestVideoFrameCallback(onFrame);
      const rtpTimestamp = metadata.rtpTimestamp ?? this.#currentRtpTimestamp();
      if (rtpTimestamp !== undefined) this.#listener.onFrame(shownFrame(metadata, rtpTimestamp, shownMs), video);
    };
    handle = video.requestVideoFrameCallback(onFrame);
    return () => video.cancelVideoFrameCallback(handle);
  }

  /** For browsers that do not call back per frame: asks with each repaint which frame is shown. */
  #watchTimestamps(): () => void {
    let handle = 0;
    const onRepaint = () => {
      const shownMs = performance.now();
      handle = requestAnimationFrame(onRepaint);
      const rtpTimestamp = this.#currentRtpTimestamp();
      if (rtpTimestamp === undefined || rtpTimestamp === this.#lastRtpTimestamp) return;
      this.#lastRtpTimestamp = rtpTimestamp;
      const unknown = { receivedMs: undefined, decodeMs: undefined };
      this.#listener.onFrame(
        { rtpTimestamp, ...unknown, presentedMs: shownMs, shownMs, expectedDisplayMs: shownMs },
        this.#video,
      );
    };
    handle = requestAnimationFrame(onRepaint);
    return () => cancelAnimationFrame(handle);
  }

  #currentRtpTimestamp(): number | undefined {
    return this.#receiver?.getSynchronizationSources()[0]?.rtpTimestamp;
  }
}

/** A callback's metadata in our units; `shownMs` is when the callback ran. */
export function shownFrame(metadata: VideoFrameCallbackMetadata, rtpTimestamp: number, shownMs: number): ShownFrame {
  return {
    rtpTimestamp,
    receivedMs: metadata.receiveTime,
    decodeMs: metadata.processingDuration === undefined ? undefined : metadata.processingDuration * 1_000,
    presentedMs: metadata.presentationTime,
    shownMs,
    expectedDisplayMs: metadata.expectedDisplayTime,
  };
}
