/** One frame the page showed; page clock, ms since its time origin. */
export interface LoggedFrame {
  rtpTimestamp: number;
  /** Last packet received. */
  receivedMs: number;
  shownMs: number;
  width: number;
}

/** What the bench calls in a page, as `window.kilatFrames`. */
export class FrameLog {
  #frames: LoggedFrame[] = [];
  #video: HTMLVideoElement | undefined;

  /** Logs each frame of the picture from now on. */
  begin(selector: string): void {
    const video = document.querySelector<HTMLVideoElement>(selector);
    if (video === null) throw new Error(`no picture at ${selector}`);
    this.#frames = [];
    if (this.#video === video) return;
    this.#video = video;
    const onFrame: VideoFrameRequestCallback = (_now, { rtpTimestamp, receiveTime, width }) => {
      const shownMs = performance.now();
      video.requestVideoFrameCallback(onFrame);
      if (rtpTimestamp !== undefined && receiveTime !== undefined)
        this.#frames.push({ rtpTimestamp, receivedMs: receiveTime, shownMs, width });
    };
    video.requestVideoFrameCallback(onFrame);
  }

  /** The frames since `begin` or the last `take`, and the page's time origin (epoch ms). */
  take(): { frames: LoggedFrame[]; timeOriginMs: number } {
    const frames = this.#frames;
    this.#frames = [];
    return { frames, timeOriginMs: performance.timeOrigin };
  }
}
