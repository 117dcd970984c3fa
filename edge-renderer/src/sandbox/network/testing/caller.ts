import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6 } from 'node:net';
import { setTimeout } from 'node:timers/promises';

// A program inside a title's network: makes the calls in its first argument, all at once, and prints how each ended.

/** `tcp`: says `text` (`times` over), closes its side, and listens to the end. `udp`: asks `times` times, `gapMs` apart. */
export interface Call {
  protocol: 'tcp' | 'udp';
  host: string;
  port: number;
  text: string;
  times?: number;
  gapMs?: number;
  /** Begins so much later than the others. */
  afterMs?: number;
}

/** What is long is compared by its digest. */
export const outcomeOf = (text: string): string =>
  text.length < 200 ? text : `${text.length} ${createHash('sha256').update(text).digest('hex')}`;

const SILENT_MS = 3_000;

function tcp({ host, port, text, times = 1 }: Call): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, family: isIPv6(host) ? 6 : 4 });
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      heard += chunk;
    });
    socket.on('end', () => resolve(outcomeOf(heard)));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.end(text.repeat(times));
  });
}

async function udp({ host, port, text, times = 1, gapMs = 0, afterMs = 0 }: Call): Promise<string> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  await setTimeout(afterMs);
  // Connected, so that it is told where nobody listens.
  socket.connect(port, host);
  try {
    await once(socket, 'connect');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
  const heard: string[] = [];
  for (let asked = 0; asked < times; asked++) {
    if (asked > 0) await setTimeout(gapMs);
    const answer = new Promise<string>((resolve) => {
      socket.once('message', (datagram) => resolve(datagram.toString()));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      socket.send(text);
    });
    heard.push(await Promise.race([answer, setTimeout(SILENT_MS, 'silence')]));
  }
  socket.close();
  return heard.join(' ');
}

if (import.meta.main) {
  const calls = JSON.parse(process.argv[2] ?? '[]') as Call[];
  const outcomes = await Promise.all(calls.map((call) => (call.protocol === 'tcp' ? tcp(call) : udp(call))));
  console.log(JSON.stringify(outcomes));
  process.exit(0);
}
