import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket as TcpSocket } from 'node:net';

/** A server on the host's loopback; `calls` counts who came. */
export interface HostServer {
  port: number;
  calls: number;
  close(): void;
}

/** Says back what it hears, and closes its side when the other has. `answer` takes the connection otherwise. */
export async function tcpServer(answer?: (socket: TcpSocket) => void): Promise<HostServer> {
  const open = new Set<TcpSocket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    running.calls += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => {});
    if (answer === undefined) socket.pipe(socket);
    else answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  const running: HostServer = { port: (server.address() as AddressInfo).port, calls: 0, close };
  return running;
}

/** Answers a datagram with its text and the port it came from. */
export async function udpServer(): Promise<HostServer> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    running.calls += 1;
    socket.send(`${datagram.toString()}@${from.port}`, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const running: HostServer = { port: socket.address().port, calls: 0, close: () => socket.close() };
  return running;
}
