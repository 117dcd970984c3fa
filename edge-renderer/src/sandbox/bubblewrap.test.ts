import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { Bubblewrap } from './bubblewrap.ts';
import type { Call } from './network/testing/caller.ts';
import { tcpServer } from './network/testing/host-servers.ts';
import { isPrivileged } from './privileges.ts';
import { sandboxContract } from './testing/sandbox-contract.ts';

await sandboxContract(new Bubblewrap());
// As an edge that is not root runs it.
if (isPrivileged())
  await sandboxContract(new Bubblewrap({ ownUid: false }), { label: 'bubblewrap in a user namespace' });

const execute = promisify(execFile);
/** Takes root's privileges away where this is root: a user of a namespace of its own, that files still belong to. */
const unprivileged = isPrivileged() ? ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'] : ['env'];
const why = (await new Bubblewrap({ ownUid: false }).unavailable()) ?? (await rightsTrouble());

async function rightsTrouble(): Promise<string | undefined> {
  const [command = '', ...words] = [...unprivileged, 'unshare', '--user', '--map-root-user', '--net', '--', 'true'];
  return execute(command, words).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

test.skipIf(why !== undefined)(
  `an edge that is not root gives a title single hosts too${why === undefined ? '' : ` (skipped: ${why})`}`,
  async () => {
    const [server, other] = await Promise.all([tcpServer(), tcpServer()]);
    onTestFinished(() => [server, other].forEach((one) => one.close()));
    const calls = [server, other].map(
      ({ port }): Call => ({ protocol: 'tcp', host: '127.0.0.1', port, text: 'hello' }),
    );
    const script = join(import.meta.dirname, 'testing', 'rootless-title.ts');
    const [command = '', ...words] = [...unprivileged, process.execPath, script];
    const { stdout } = await execute(command, [...words, JSON.stringify(calls), `127.0.0.1:${server.port}`]);
    expect(JSON.parse(stdout)).toEqual(['hello', 'ECONNREFUSED']);
    expect(other.calls).toBe(0);
  },
);
