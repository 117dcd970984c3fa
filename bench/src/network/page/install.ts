import { FrameLog } from './frame-log.ts';

declare global {
  var kilatFrames: FrameLog;
}

globalThis.kilatFrames = new FrameLog();
