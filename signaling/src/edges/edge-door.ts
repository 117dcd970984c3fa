import { randomBytes } from 'node:crypto';
import { type EdgeDoorRefusal, EdgeHeartbeat, EdgeProof, indexerCalls } from '@kilat/shared/edge/messages';
import type { EdgeId } from '@kilat/shared/ids';
import { EDGE_SILENT_MS, PROTOCOL_VERSION } from '@kilat/shared/protocol';
import type { Logger } from 'pino';
import type { Namespace, Socket } from 'socket.io';
import { answerCalls } from '../door/answer-calls.ts';
import { proveEdge } from '../identity/edge-key.ts';
import { enrolmentTokenId } from '../identity/enrolment-token.ts';
import type { Metrics } from '../metrics.ts';
import type { EdgePresence } from '../session/edge-presence.ts';
import type { LiveSessions } from '../session/live-sessions.ts';
import type { EdgeStore } from '../store/edge-store.ts';
import { EdgeConnection } from './edge-connection.ts';
import type { EdgeRegistry } from './edge-registry.ts';

/** How long an edge may take to sign its challenge, ms. */
const PROOF_TIMEOUT_MS = 5_000;

/** What the edges' door stands on. */
export interface EdgeDoorParts {
  namespace: Namespace;
  secret: Uint8Array;
  edgeStore: EdgeStore;
  registry: EdgeRegistry;
  presence: EdgePresence;
  sessions: LiveSessions;
  metrics: Metrics;
  log: Logger;
}

type Admission = { ok: true; edgeId: EdgeId } | { ok: false; reason: EdgeDoorRefusal; detail: string };

/** Lets edges in: challenge, proof, enrolment; then announcements, heartbeats and session events until they fall silent. */
export function openEdgeDoor(parts: EdgeDoorParts): void {
  parts.namespace.on('connection', (socket) => {
    const admission = admit(parts, socket).catch((error: unknown): Admission => {
      parts.log.error({ err: error }, 'an edge could not be checked');
      return { ok: false, reason: 'indexer-trouble', detail: 'The Indexer cannot keep its records; try again later.' };
    });
    serve(parts, socket, admission);
    void admission.then((outcome) => outcome.ok || refuse(parts, socket, outcome));
  });
}

async function admit({ secret, edgeStore, log }: EdgeDoorParts, socket: Socket): Promise<Admission> {
  const nonce = randomBytes(32).toString('base64url');
  let answer: unknown;
  try {
    answer = await socket.timeout(PROOF_TIMEOUT_MS).emitWithAck('challenge', { nonce });
  } catch {
    return { ok: false, reason: 'no-answer', detail: 'The challenge was not answered in time.' };
  }
  const proof = EdgeProof.safeParse(answer);
  if (!proof.success) return { ok: false, reason: 'bad-proof', detail: 'The answer to the challenge is malformed.' };
  if (proof.data.protocol !== PROTOCOL_VERSION) {
    const detail = `The edge speaks protocol ${proof.data.protocol}, this Indexer ${PROTOCOL_VERSION}: install the same release on both.`;
    return { ok: false, reason: 'protocol-version', detail };
  }
  const proven = proveEdge(proof.data.publicKey, proof.data.signature, nonce);
  if (proven.is === 'no-key') return { ok: false, reason: 'bad-proof', detail: 'The public key is no Ed25519 key.' };
  if (proven.is === 'wrong-signature') {
    return { ok: false, reason: 'wrong-signature', detail: 'The signature is not of this key over this challenge.' };
  }
  const { edgeId } = proven;
  if (await edgeStore.isEnrolled(edgeId)) return { ok: true, edgeId };
  const token = proof.data.enrolmentToken;
  if (token === undefined) {
    return {
      ok: false,
      reason: 'not-enrolled',
      detail: 'This edge is new here: start it with an enrolment token (npm run enrol).',
    };
  }
  const tokenId = await enrolmentTokenId(secret, token);
  if (tokenId === undefined) {
    return {
      ok: false,
      reason: 'token-invalid',
      detail: 'The enrolment token is older than a day or not of this Indexer (npm run enrol).',
    };
  }
  if (!(await edgeStore.enrol(edgeId, tokenId))) {
    return {
      ok: false,
      reason: 'token-used',
      detail: 'The enrolment token has enrolled another edge; each serves once (npm run enrol).',
    };
  }
  log.info({ edgeId }, 'edge enrolled');
  return { ok: true, edgeId };
}

function refuse(
  { metrics, log }: EdgeDoorParts,
  socket: Socket,
  { reason, detail }: { ok: false; reason: EdgeDoorRefusal; detail: string },
): void {
  metrics.refusedEdges.inc({ reason });
  log.warn({ reason, address: socket.handshake.address }, 'edge refused');
  socket.emit('refused', { reason, detail });
  socket.disconnect();
}

/** Listens from the start: an edge announces itself right behind its proof, while the proof is still being checked. */
function serve(parts: EdgeDoorParts, socket: Socket, admission: Promise<Admission>): void {
  const { registry, presence, sessions, metrics, log } = parts;
  let edge: EdgeConnection | undefined;
  let silence: NodeJS.Timeout | undefined;

  const admittedId = async (): Promise<EdgeId> => {
    const outcome = await admission;
    if (!outcome.ok || socket.disconnected) throw new Error('this edge is not let in');
    return outcome.edgeId;
  };
  const dismiss = (dismissed: Socket, reason: 'edge-silent' | 'replaced', detail: string): void => {
    metrics.refusedEdges.inc({ reason });
    dismissed.emit('refused', { reason, detail });
    dismissed.disconnect();
  };
  void admission.then((outcome) => {
    if (!outcome.ok || socket.disconnected) return;
    silence = setTimeout(() => {
      log.warn({ edgeId: outcome.edgeId }, 'edge fell silent');
      dismiss(socket, 'edge-silent', `No heartbeat for ${EDGE_SILENT_MS / 1000} s.`);
    }, EDGE_SILENT_MS);
  });

  answerCalls(
    socket,
    indexerCalls,
    {
      announce: async (announcement) => {
        const edgeId = await admittedId();
        silence?.refresh();
        if (edge !== undefined) {
          registry.announceAgain(edge, announcement);
          return { ok: true as const, edgeId };
        }
        edge = new EdgeConnection(edgeId, socket, announcement);
        const replaced = registry.add(edge);
        if (replaced !== undefined) dismiss(replaced.socket, 'replaced', 'The same key connected anew.');
        const { providerId, region, slots, encoder } = announcement;
        const titles = announcement.titles.filter(({ installed }) => installed).length;
        log.info(
          { edgeId, providerId, region, slots, encoder, titles, sessions: announcement.sessions.length },
          'edge connected',
        );
        return { ok: true as const, edgeId };
      },
      events: async ({ sessionId, events }) => {
        const edgeId = await admittedId();
        if (edge === undefined) throw new Error('this edge has not said yet what it has');
        await presence.met(edge, sessionId);
        return { ok: true as const, upTo: await sessions.receive(edgeId, sessionId, events) };
      },
    },
    {
      drop: (reason, call) => {
        if (call !== 'heartbeat') metrics.dropped.inc({ door: 'edge', reason });
      },
      malformed: (call, fault) => void log.warn({ call, fault }, 'edge sent a malformed message'),
      // Without an acknowledgement the edge repeats, so that nothing is lost while records cannot be written.
      failed: (call, error) => void log.debug({ call, err: error }, 'edge not acknowledged'),
    },
  );
  socket.on('heartbeat', (sent: unknown) => {
    const heartbeat = EdgeHeartbeat.safeParse(sent);
    if (!heartbeat.success) return metrics.dropped.inc({ door: 'edge', reason: 'malformed' });
    silence?.refresh();
    if (edge !== undefined) registry.beat(edge, heartbeat.data);
  });
  socket.on('disconnect', (reason) => {
    clearTimeout(silence);
    if (edge === undefined) return;
    log.info({ edgeId: edge.edgeId, reason }, 'edge disconnected');
    registry.remove(edge);
  });
}
