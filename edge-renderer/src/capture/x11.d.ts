/** The part of npm `x11` (pure JavaScript X client) that Kilat uses. */
declare module 'x11' {
  import type { EventEmitter } from 'node:events';

  export type Callback<T> = (error: Error | undefined | null, value: T) => void;

  export interface XEvent {
    name: string;
    [field: string]: unknown;
  }

  export interface XClient extends EventEmitter {
    AllocID(): number;
    require(extension: string, callback: Callback<never>): void;
    GetInputFocus(callback: Callback<unknown>): void;
    QueryPointer(window: number, callback: Callback<{ rootX: number; rootY: number; keyMask: number }>): void;
    GetImage(
      format: number,
      drawable: number,
      x: number,
      y: number,
      width: number,
      height: number,
      planes: number,
      callback: Callback<{ data: Buffer }>,
    ): void;
    terminate(): void;
  }

  export interface XDisplay {
    client: XClient;
    screen: { root: number; pixel_width: number; pixel_height: number }[];
  }

  export interface Damage {
    Create(damage: number, drawable: number, level: number): void;
    Subtract(damage: number, repair: number, parts: number): void;
  }

  export interface XTest {
    FakeInput(type: number, detail: number, time: number, window: number, x: number, y: number): void;
  }

  /** MIT-SHM. `fdCapable`: the connection can hand over open files. */
  export interface Shm {
    major: number;
    minor: number;
    fdCapable: boolean;
    /** The callback answers true: an error is taken care of. */
    AttachFd(segment: number, file: number, readOnly: boolean, callback: (error: unknown) => boolean): void;
    Detach(segment: number): void;
    GetImage(
      drawable: number,
      x: number,
      y: number,
      width: number,
      height: number,
      planes: number,
      format: number,
      segment: number,
      offset: number,
      callback: Callback<{ size: number }>,
    ): void;
  }

  export interface CursorImage {
    width: number;
    height: number;
    xhot: number;
    yhot: number;
    cursorImage: Buffer;
  }

  export interface Rectangle {
    x: number;
    y: number;
    width: number;
    height: number;
  }

  export interface Fixes {
    SelectCursorInput(window: number, mask: number): void;
    GetCursorImage(callback: Callback<CursorImage>): void;
    CreateRegion(region: number, rectangles: Rectangle[]): void;
    SetRegion(region: number, rectangles: Rectangle[]): void;
    UnionRegion(a: number, b: number, into: number): void;
    FetchRegion(region: number, callback: Callback<{ extents: Rectangle; rectangles: Rectangle[] }>): void;
  }

  export function createClient(
    options: { display: string; auth: { name: string; data: string } },
    callback: Callback<XDisplay>,
  ): EventEmitter;
}
