import { setTimeout as sleep } from 'node:timers/promises';
import type { StageName } from '@kilat/shared/session/life';
import type { XConnection } from '../capture/x-connection.ts';
import { monotonicMs } from '../monotonic.ts';
import type { RtpSocket } from '../rtp/rtp-socket.ts';
import { sharesIpc } from '../sandbox/shares-ipc.ts';
import {
  type ContainerEnd,
  type ContainerSpec,
  type FromContainer,
  HEARTBEAT_MS,
  type RtpDestination,
  type ToContainer,
} from './messages.ts';
import type { ProgramEnd } from '../process/owned-process.ts';
import type { PictureStream } from './picture-stream.ts';
import { makeSoundPlace, type SoundPlace, type SoundServer, startSoundServer } from './sound-server.ts';
import type { SoundStream } from './sound-stream.ts';
import type { TitleRun } from './title-run.ts';
import { startXDisplay, type TitleDisplay, type XDisplay, type XServerOptions } from '../display/x-display.ts';

// One container as a process of its own: display, sound server, title, capture, encoder and RTP are its parts, started in
// that order (the title's sandbox beside the others) and closed in reverse. The agent is its parent; without it the process
// ends itself. Only what starts the first two is loaded at once: they start while the rest is being loaded.

/** What stands once `prepare` is through. `sound` is undefined for a title without sound, or once it was lost. */
interface Parts {
  display: XDisplay;
  soundPlace: SoundPlace | undefined;
  x: XConnection;
  sound: { server: SoundServer; stream: SoundStream } | undefined;
  picture: PictureStream;
  title: TitleRun;
  socket: RtpSocket | undefined;
  streaming: boolean;
}

/** An X server that leaves so many heartbeats in a row unanswered hangs. */
const MOST_UNANSWERED = 3;
/** An X server's end is told at the latest this long after its clients noticed, ms. */
const DISPLAY_DEATH_MS = 500;

let parts: Parts | undefined;
/** From the moment that its sandbox may be made, before the rest stands. */
let title: TitleRun | undefined;
let closing = false;

const tell = (message: FromContainer): void => {
  if (process.connected) process.send?.(message);
};
const reached = (stage: StageName): void => tell({ type: 'stage', stage, atMs: monotonicMs() });

async function prepare(spec: ContainerSpec): Promise<void> {
  const lost = (detail: string) => void fail('display-lost', detail || 'The X server ended.');
  const soundPlace = spec.title.sound ? await makeSoundPlace(spec.folder) : undefined;
  const named = Promise.withResolvers<TitleDisplay>();
  const standing = Promise.all([
    startDisplay(spec, lost, named.resolve).then((started) => {
      reached('display');
      return started;
    }),
    spec.title.sound
      ? startSoundServer(spec.folder, soundLost).then((started) => {
          reached('sound');
          return started;
        })
      : undefined,
  ]);
  standing.catch(() => {});
  // The title begins last, but its sandbox is what may take longest: it needs their sockets' names, not that they stand.
  const { TitleRun } = await import('./title-run.ts');
  if (closing) return;
  const run = new TitleRun(
    spec,
    { display: named.promise, sound: soundPlace },
    {
      began: () => {
        reached('title');
        parts?.picture.awaitDrawing();
      },
      stopping: () => parts?.picture.forgetDrawing(),
      network: (words) => tell({ type: 'network', words }),
      ended: (end, lastWords) => void titleEnded(end, lastWords),
      failed: (error) => void fail('start-failed', (error as Error).message),
    },
  );
  title = run;
  const picturing = loadPicturing();
  picturing.catch(() => {});
  const [display, server] = await standing;
  tell({ type: 'display', address: display.address });
  const { XConnection, PictureStream } = await picturing;
  const x = await XConnection.open(display.address, () => lost('The connection to the X server broke.'));
  const stream = server && (await openSoundStream(server));
  const sound = server && stream && { server, stream };
  const picture = await PictureStream.open(x, display.framebufferPath, spec.title.display, spec, {
    drawn: () => reached('drawn'),
    sent: (frame) => {
      if (parts !== undefined && !parts.streaming) {
        parts.streaming = true;
        reached('streaming');
      }
      tell({ type: 'frame', frame });
    },
    encoderIs: (kind) => tell({ type: 'encoder', kind }),
    encoderChanged: ({ from, to, why }) => tell({ type: 'encoder', kind: to, gaveWay: { kind: from, why } }),
    codecFailed: (codec, why) => tell({ type: 'codec-failed', codec, why }),
    encoderLost: (why) => void fail('encoder-lost', why),
    failed: (error) => void fail('display-lost', String(error)),
  });
  await picture.start();
  tell({ type: 'encoder', kind: picture.encoderKind });
  parts = { display, soundPlace, x, sound, picture, title: run, socket: undefined, streaming: false };
  tell({ type: 'prepared' });
  beat(x);
  if (spec.startTitle) run.run();
}

/** Asks the X server again and again, and tells the agent that nothing hangs. */
function beat(x: XConnection): void {
  let unanswered = 0;
  setInterval(() => {
    if (unanswered >= MOST_UNANSWERED) return void fail('display-lost', 'The X server stopped answering.');
    unanswered += 1;
    tell({ type: 'alive' });
    x.barrier().then(
      () => {
        unanswered = 0;
      },
      () => {},
    );
  }, HEARTBEAT_MS);
}

/** In pieces: the news of display and sound server are heard between them. */
async function loadPicturing() {
  const { XConnection } = await import('../capture/x-connection.ts');
  const { PictureStream } = await import('./picture-stream.ts');
  const { libraryProblem } = await import('../encode/open-encoder.ts');
  // Where it cannot be loaded there are other encoders.
  await libraryProblem();
  return { XConnection, PictureStream };
}

async function startDisplay(
  { folder, title, gpu, sandbox }: ContainerSpec,
  lost: (detail: string) => void,
  onSocket: (display: TitleDisplay) => void,
): Promise<XDisplay> {
  const options: XServerOptions = { ownIpc: gpu === undefined && sharesIpc(sandbox.name), onSocket };
  if (gpu === undefined) return startXDisplay(folder, title.display, lost, options);
  const { startGpuDisplay } = await import('../display/gpu-display.ts');
  return startGpuDisplay(folder, title.display, gpu, lost, options);
}

/** Sound is encoded by FFmpeg's library: a host that cannot load it plays silently. */
async function openSoundStream(server: SoundServer): Promise<SoundStream | undefined> {
  try {
    const { SoundStream } = await import('./sound-stream.ts');
    return new SoundStream(server);
  } catch (error) {
    await server.stop();
    tell({ type: 'degraded', part: 'sound', detail: `FFmpeg's library cannot be loaded: ${String(error)}` });
    return undefined;
  }
}

async function stream(now: Parts, { port, videoSsrc, audioSsrc }: RtpDestination): Promise<void> {
  now.socket?.close();
  const { RtpSocket } = await import('../rtp/rtp-socket.ts');
  const socket = await RtpSocket.connect(port, (compound) => now.picture.handleRtcp(compound));
  now.socket = socket;
  now.picture.sendTo(socket, videoSsrc);
  now.sound?.stream.sendTo(socket, audioSsrc);
}

async function titleEnded({ code, signal }: ProgramEnd, lastWords: string): Promise<void> {
  // A title that loses its display quits: where the X server is dead, its own end is about to be told.
  await Promise.race([parts?.x.barrier().catch(() => sleep(DISPLAY_DEATH_MS)), sleep(DISPLAY_DEATH_MS)]);
  if (code === 0) return void fail('title-exited', '');
  void fail('title-crashed', `${signal ?? `status ${code}`}${lastWords === '' ? '' : `: ${lastWords.slice(-300)}`}`);
}

function soundLost(detail: string): void {
  parts?.sound?.stream.close();
  if (parts !== undefined) parts.sound = undefined;
  tell({ type: 'degraded', part: 'sound', detail });
}

async function fail(reason: ContainerEnd, detail: string) {
  if (closing) return;
  tell({ type: 'failed', reason, detail });
  await close();
}

/** Closes every part, the last started first. Idempotent. */
async function close(): Promise<void> {
  if (closing) return;
  closing = true;
  const now = parts;
  now?.picture.close();
  now?.sound?.stream.close();
  await title?.close();
  now?.x.close();
  await Promise.all([now?.sound?.server.stop(), now?.display.stop()]);
  now?.socket?.close();
  process.exit(0);
}

async function handle(message: ToContainer): Promise<void> {
  if (message.type === 'prepare') return prepare(message.spec);
  if (message.type === 'close') return close();
  if (parts === undefined) throw new Error(`"${message.type}" came before "prepare" was through`);
  return handlePrepared(parts, message);
}

async function handlePrepared(now: Parts, message: Exclude<ToContainer, { type: 'prepare' | 'close' }>): Promise<void> {
  switch (message.type) {
    case 'run':
      return now.title.run();
    case 'stop-title':
      return now.title.stop(() => ({ display: now.display, sound: now.sound && now.soundPlace }));
    case 'freeze':
      return now.title.freeze();
    case 'stream':
      return stream(now, message.to);
    case 'codec':
      return now.picture.useCodec(message.order);
    case 'viewer':
      now.picture.setViewer(message.present);
      now.sound?.stream.setViewer(message.present);
      return;
    case 'input':
      return now.picture.inputInjected();
    case 'key-frame':
      return now.picture.keyFrame();
    case 'rendition':
      return now.picture.setRendition(message.rendition, message.holdUntilMs);
  }
}

// Messages are handled one after another, so that none overtakes "prepare"; "close" waits for nobody, and nobody for the title.
let before: Promise<void> = Promise.resolve();
process.on('message', (message: ToContainer) => {
  if (message.type === 'close') void close();
  else
    before = before
      .then(() => handle(message))
      .catch(
        (error: unknown) =>
          void fail(parts === undefined ? 'start-failed' : 'session-crashed', (error as Error).message),
      );
});
process.on('disconnect', () => void close());
process.on('SIGTERM', () => void close());
process.on('SIGINT', () => {});
