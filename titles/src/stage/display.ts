import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A running Xvfb without window manager; `name` is its DISPLAY. */
export interface TestDisplay {
  name: string;
  close(): Promise<void>;
}

/** Starts an Xvfb of that size, 24 bits deep, on the next free display number. */
export async function startDisplay(width: number, height: number): Promise<TestDisplay> {
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-nocursor'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  const exited = once(server, 'exit');
  const lines = createInterface({ input: server.stdio[3] as Readable });
  const number = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    exited.then(() => Promise.reject(new Error('Xvfb did not start'))),
  ]);
  lines.close();
  return {
    name: `:${number}`,
    close: async () => {
      server.kill('SIGTERM');
      await exited;
    },
  };
}
