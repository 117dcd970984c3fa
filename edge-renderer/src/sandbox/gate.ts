import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A gate whose keeper is gone lets nobody through: its pipe ends without a line. */
const WAIT = 'read -r go < "$0" && exec "$@"';

/**
 * Holds a title's program back inside its sandbox, so that the sandbox can be made before the title is to begin. A named pipe
 * in the container's folder: a shell waits in it for a line, and then becomes the program.
 */
export class Gate {
  /** The title must see it. */
  readonly path: string;
  readonly #pipe: FileHandle;

  private constructor(path: string, pipe: FileHandle) {
    this.path = path;
    this.#pipe = pipe;
  }

  /** Makes a shut one, in the place of an earlier one of the container. */
  static async make(folder: string): Promise<Gate> {
    const path = join(folder, 'gate');
    await rm(path, { force: true });
    await execute('mkfifo', ['--mode', '600', path]);
    // Both ways: an end that only writes would wait for the shell, and one that only it holds would lose the line.
    return new Gate(path, await open(path, constants.O_RDWR | constants.O_NONBLOCK));
  }

  /** The command that waits before it becomes this one. */
  before(command: string, args: string[]): { command: string; args: string[] } {
    return { command: '/bin/sh', args: ['-c', WAIT, this.path, command, ...args] };
  }

  /** Lets the program begin, now or as soon as it gets there. */
  async open(): Promise<void> {
    await this.#pipe.write('\n');
  }

  /** Nobody waits any more. Idempotent. */
  async close(): Promise<void> {
    await this.#pipe.close();
  }
}
