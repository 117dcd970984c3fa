/** Raised whenever a wire message changes incompatibly; both doors refuse another number. */
export const PROTOCOL_VERSION = 3;

/** socket.io namespaces of the Indexer. */
export const PLAYER_NAMESPACE = '/player';
export const EDGE_NAMESPACE = '/edge';

/** Largest socket.io message either door accepts, in bytes. */
export const MAX_SOCKET_MESSAGE_BYTES = 64 * 1024;

/** How long an edge may take to acknowledge a reservation, ms; afterwards the next candidate is asked. */
export const RESERVE_TIMEOUT_MS = 300;
/** The last candidate gets longer, ms: there is nobody else to ask, and a busy edge is better than a refusal. */
export const LAST_RESERVE_TIMEOUT_MS = 2_000;

/** An edge sends a heartbeat this often, ms, and is gone after `EDGE_SILENT_MS` without one. */
export const EDGE_HEARTBEAT_MS = 1_000;
export const EDGE_SILENT_MS = 4_000;
