import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessTimes, processTimes } from '../measure/processor-time.ts';
import { OwnedProcess } from './owned-process.ts';

const START_TIMEOUT_MS = 10_000;

/** TigerVNC's X server and websockify in front of it: what Debian's packages give with their own settings. */
export class VncServer {
  readonly display: string;
  /** Address of noVNC's folder, served by websockify. */
  readonly url: string;
  readonly #x: OwnedProcess;
  readonly #websockify: OwnedProcess;

  private constructor(display: string, url: string, x: OwnedProcess, websockify: OwnedProcess) {
    this.display = display;
    this.url = url;
    this.#x = x;
    this.#websockify = websockify;
  }

  static async start(novncFolder: string): Promise<VncServer> {
    const [rfbPort, webPort] = [await freePort(), await freePort()];
    const size = ['-geometry', '1280x720', '-depth', '24'];
    const access = ['-SecurityTypes', 'None', '-localhost', '-rfbport', String(rfbPort)];
    const x = new OwnedProcess('Xtigervnc', ['-displayfd', '3', ...size, ...access], { extraPipe: true });
    let websockify: OwnedProcess | undefined;
    try {
      const display = `:${await firstLine(x)}`;
      websockify = new OwnedProcess('websockify', [
        `--web=${novncFolder}`,
        `127.0.0.1:${webPort}`,
        `127.0.0.1:${rfbPort}`,
      ]);
      const url = `http://127.0.0.1:${webPort}`;
      await answers(`${url}/vnc.html`, websockify);
      return new VncServer(display, url, x, websockify);
    } catch (error) {
      await websockify?.close();
      await x.close();
      throw error;
    }
  }

  /** The X server cannot be told from the VNC server here: they are one process. */
  processorTime(): ProcessTimes {
    return new Map([
      ...processTimes(this.#x.pid, () => 'Xtigervnc'),
      ...processTimes(this.#websockify.pid, () => 'websockify'),
    ]);
  }

  async close(): Promise<void> {
    await this.#websockify.close();
    await this.#x.close();
  }
}

/** The display's number, written once it takes connections. */
async function firstLine(x: OwnedProcess): Promise<string> {
  const pipe = x.child.stdio[3] as NodeJS.ReadableStream | null;
  if (pipe === null || x.ended) throw new Error(`Xtigervnc did not start: ${x.output}`);
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  const text = await Promise.race([
    once(pipe, 'data', { signal }).then(([chunk]) => String(chunk).trim()),
    once(x.child, 'exit', { signal }).then(() => undefined),
  ]);
  if (text === undefined) throw new Error(`Xtigervnc ended at once: ${x.output}`);
  return text;
}

async function answers(url: string, server: OwnedProcess): Promise<void> {
  for (const giveUpAt = Date.now() + START_TIMEOUT_MS; Date.now() < giveUpAt && !server.ended; await sleep(50)) {
    const reply = await fetch(url).catch(() => undefined);
    if (reply?.ok === true) return;
  }
  throw new Error(`websockify does not answer at ${url}: ${server.output}`);
}

/** A TCP port free on loopback a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port on loopback');
  return address.port;
}
