import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
let folder: string;
let running: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kilat-main-'));
});
afterEach(async () => {
  if (running !== undefined && running.exitCode === null && running.signalCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  running = undefined;
  await rm(folder, { recursive: true, force: true });
});

function start(environment: Record<string, string>): {
  child: ChildProcess;
  output: () => string;
  errors: () => string;
} {
  const settings = { KILAT_PORT: '0', KILAT_DATA: join(folder, 'data'), KILAT_LOG_LEVEL: 'warn', ...environment };
  const child = spawn(process.execPath, [main], { env: { ...process.env, ...settings }, cwd: folder });
  running = child;
  let output = '';
  let errors = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  return { child, output: () => output, errors: () => errors };
}

describe('the program', () => {
  it('says in one line where it is, and leaves nothing held when told to stop', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { child, output, errors } = start({});
      while (!output().includes('\n')) await once(child.stdout as NodeJS.ReadableStream as never, 'data');
      expect(output()).toMatch(/^Kilat is at http:\/\/127\.0\.0\.1:\d+\n$/);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(errors()).toBe('');
      expect((await readdir(join(folder, 'data', 'indexer'))).sort()).toEqual(['database', 'saves', 'secret']);
    }
  });

  it('comes up again after it was killed', async () => {
    const first = start({});
    while (!first.output().includes('\n')) await once(first.child.stdout as NodeJS.ReadableStream as never, 'data');
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = start({});
    while (!second.output().includes('\n')) await once(second.child.stdout as NodeJS.ReadableStream as never, 'data');
    expect(second.errors()).toBe('');
  });

  it('refuses a used port, and a data folder another Kilat has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const onUsedPort = start({ KILAT_PORT: String(port) });
    expect(await once(onUsedPort.child, 'exit')).toEqual([1, null]);
    expect(onUsedPort.errors()).toBe(
      `Port ${port} on 127.0.0.1 is used by another program. Stop it, or set KILAT_PORT to another port.\n`,
    );
    other.close();

    const first = start({});
    while (!first.output().includes('\n')) await once(first.child.stdout as NodeJS.ReadableStream as never, 'data');
    const second = start({});
    running = first.child;
    expect(await once(second.child, 'exit')).toEqual([1, null]);
    expect(second.errors()).toContain('Another Kilat already uses the data folder');
  });

  it('refuses a data folder it cannot write, TLS files that are none, and settings that make no sense', {
    timeout: 60_000,
  }, async () => {
    await writeFile(join(folder, 'file'), 'not a folder');
    await writeFile(join(folder, 'cert.pem'), 'not a certificate');
    const cases: [Record<string, string>, string][] = [
      [{ KILAT_DATA: join(folder, 'file') }, 'cannot be written'],
      [{ KILAT_TLS_CERT: join(folder, 'cert.pem'), KILAT_TLS_KEY: join(folder, 'no-key.pem') }, 'KILAT_TLS_CERT'],
      [{ KILAT_TLS_CERT: join(folder, 'cert.pem'), KILAT_TLS_KEY: join(folder, 'cert.pem') }, 'cannot be used'],
      [{ KILAT_PORT: 'nine' }, 'KILAT_PORT (nine): is not a number'],
      [{ KILAT_HOST: '203.0.113.9' }, 'cannot listen on 203.0.113.9'],
    ];
    for (const [environment, words] of cases) {
      const { child, errors } = start(environment);
      expect(await once(child, 'exit')).toEqual([1, null]);
      expect(errors()).toContain(words);
      expect(errors().trim().split('\n')).toHaveLength(1);
    }
  });

  it('makes enrolment tokens without a running Indexer', async () => {
    const enrol = async (): Promise<string> => {
      const environment = { ...process.env, KILAT_DATA: join(folder, 'data') };
      return (
        await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'enrol.ts')], { env: environment })
      ).stdout.trim();
    };
    const [first, second] = [await enrol(), await enrol()];
    expect(first).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(second).not.toBe(first);
  });
});
