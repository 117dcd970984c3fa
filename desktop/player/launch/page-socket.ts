import { IndexerSocket } from './indexer-socket.ts';

let socket: IndexerSocket | undefined;

/** The page's one socket, shared by catalogue and play; connects with the first that asks for it. */
export function indexerSocket(): IndexerSocket {
  socket ??= new IndexerSocket();
  return socket;
}
