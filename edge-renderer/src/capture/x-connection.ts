import x11, { type Damage, type Fixes, type Shm, type XClient, type XTest } from 'x11';

/** How to reach one session's X server: display name (":12") and its MIT-MAGIC-COOKIE-1. */
export interface DisplayAddress {
  display: string;
  cookie: string;
}

interface Extensions {
  damage: Damage;
  xtest: XTest;
  fixes: Fixes;
  shm: Shm;
}

/** One connection to an X server. `onLost` is called once when the server goes away. */
export class XConnection {
  readonly client: XClient;
  readonly root: number;
  readonly width: number;
  readonly height: number;
  #closed = false;

  private constructor(
    client: XClient,
    screen: { root: number; pixel_width: number; pixel_height: number },
    onLost: () => void,
  ) {
    this.client = client;
    this.root = screen.root;
    this.width = screen.pixel_width;
    this.height = screen.pixel_height;
    const lost = () => {
      if (this.#closed) return;
      this.#closed = true;
      onLost();
    };
    client.on('end', lost);
    client.on('close', lost);
  }

  /** Connects; rejects when the server refuses or is not there. */
  static open({ display, cookie }: DisplayAddress, onLost: () => void): Promise<XConnection> {
    return new Promise((resolve, reject) => {
      const options = { display, auth: { name: 'MIT-MAGIC-COOKIE-1', data: cookie } };
      const emitter = x11.createClient(options, (error, opened) => {
        if (error) return reject(error);
        const screen = opened.screen[0];
        if (screen === undefined) return reject(new Error(`display ${display} has no screen`));
        resolve(new XConnection(opened.client, screen, onLost));
      });
      // The X server's protocol errors and the socket's both arrive here, also after the connection stands.
      emitter.on('error', reject);
    });
  }

  extension<Name extends keyof Extensions>(name: Name): Promise<Extensions[Name]> {
    return new Promise((resolve, reject) => {
      this.client.require(name, (error: Error | undefined | null, extension: Extensions[Name]) =>
        error ? reject(error) : resolve(extension),
      );
    });
  }

  /** Resolves when the server has handled everything sent before on this connection. */
  barrier(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.GetInputFocus((error) => (error ? reject(error) : resolve()));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.client.terminate();
  }
}
