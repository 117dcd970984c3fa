/** The part of the untyped package `x11` that probe, covers and their tests use. Callbacks get an error first. */
declare module 'x11' {
  type Reply<T> = (error: Error | null, value: T) => void;

  interface XEvent {
    name: string;
    /** Key events: the key; button events: the button. */
    keycode: number;
    /** The window concerned. */
    wid: number;
  }

  interface XTest {
    KeyPress: number;
    KeyRelease: number;
    ButtonPress: number;
    ButtonRelease: number;
    MotionNotify: number;
    FakeInput(type: number, detail: number, timeMs: number, window: number, x: number, y: number): void;
  }

  interface XClient {
    eventMask: Record<'KeyPress' | 'ButtonPress' | 'SubstructureNotify', number>;
    AllocID(): number;
    CreateWindow(
      id: number,
      parent: number,
      x: number,
      y: number,
      width: number,
      height: number,
      border: number,
      depth: number,
      windowClass: number,
      visual: number,
      values: { overrideRedirect?: number; eventMask?: number; backgroundPixel?: number; cursor?: number },
    ): void;
    MapWindow(window: number): void;
    ChangeWindowAttributes(window: number, values: { eventMask?: number }): void;
    ConfigureWindow(window: number, values: { x?: number; y?: number; width?: number; height?: number }): void;
    SetInputFocus(window: number, revertTo: number): void;
    CreatePixmap(id: number, drawable: number, depth: number, width: number, height: number): void;
    CreateCursor(
      id: number,
      source: number,
      mask: number,
      front: { R: number; G: number; B: number },
      back: { R: number; G: number; B: number },
      x: number,
      y: number,
    ): void;
    CreateGC(id: number, drawable: number, values: { foreground?: number; graphicsExposures?: number }): void;
    SetClipRectangles(gc: number, ordering: number, x: number, y: number, rectangles: number[]): void;
    PolyFillRectangle(drawable: number, gc: number, rectangles: number[]): void;
    CopyArea(
      from: number,
      to: number,
      gc: number,
      fromX: number,
      fromY: number,
      toX: number,
      toY: number,
      width: number,
      height: number,
    ): void;
    PutImage(
      format: number,
      drawable: number,
      gc: number,
      width: number,
      height: number,
      x: number,
      y: number,
      leftPad: number,
      depth: number,
      data: Buffer,
    ): void;
    GetImage(
      format: number,
      drawable: number,
      x: number,
      y: number,
      width: number,
      height: number,
      planeMask: number,
      reply: Reply<{ data: Buffer }>,
    ): void;
    ChangeKeyboardControl(values: { autoRepeatMode?: number }): void;
    /** Resolves once everything sent so far has been carried out. */
    sync(): Promise<void>;
    flush(): Promise<void>;
    terminate(): void;
    require(extension: 'xtest', reply: Reply<XTest>): void;
    on(event: 'event', listener: (event: XEvent) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    on(event: 'end', listener: () => void): void;
  }

  interface XDisplay {
    client: XClient;
    screen: {
      root: number;
      root_depth: number;
      pixel_width: number;
      pixel_height: number;
      white_pixel: number;
      black_pixel: number;
    }[];
  }

  const x11: {
    createClient(options: { display?: string; bufferRequests?: boolean }, reply: Reply<XDisplay>): XClient;
  };
  export default x11;
  export type { XClient, XDisplay, XEvent, XTest };
}
