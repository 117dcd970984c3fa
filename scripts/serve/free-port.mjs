import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Whether nobody listens at a TCP port, and, where asked, nobody has the UDP port of the same number.
 * @param {number} port
 * @param {string} host
 * @param {{ udp?: boolean }} [also]
 * @returns {Promise<'free' | 'taken' | 'not-ours' | 'no-address'>}
 */
export async function checkPort(port, host, { udp = false } = {}) {
  const tcp = await new Promise((/** @type {(code: string | undefined) => void} */ resolve) => {
    const server = createServer();
    server.on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (tcp !== undefined) return reason(tcp);
  if (!udp) return 'free';
  const code = await new Promise((/** @type {(code: string | undefined) => void} */ resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.on('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code));
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
  return code === undefined ? 'free' : reason(code);
}

/** @param {string} code */
function reason(code) {
  if (code === 'EACCES') return 'not-ours';
  return code === 'EADDRINUSE' ? 'taken' : 'no-address';
}

/**
 * A port that is free for TCP and UDP at this moment, chosen by the system.
 * @param {string} [host]
 * @returns {Promise<number>}
 */
export async function freePort(host = '127.0.0.1') {
  for (;;) {
    const port = await new Promise((/** @type {(port: number) => void} */ resolve, reject) => {
      const server = createServer();
      server.on('error', reject);
      server.listen({ port: 0, host }, () => {
        const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
        server.close(() => resolve(port));
      });
    });
    if ((await checkPort(port, host, { udp: true })) === 'free') return port;
  }
}
