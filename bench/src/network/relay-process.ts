import type { NetworkProfile } from '@kilat/shared/network/profile';
import { type RelayLog, UdpRelay } from './relay.ts';

/** Bench → relay's process; each is answered. */
export type ToRelay =
  | { type: 'start'; port: number; target: { address: string; port: number }; profile: NetworkProfile }
  | { type: 'use'; profile: NetworkProfile }
  | { type: 'read' };

/** The answer: the port it listens on, or what it saw. */
export type FromRelay = { type: 'listening'; port: number } | { type: 'used' } | { type: 'log'; log: RelayLog };

// The relay in a process of its own: the bench's own work, drawing reports and driving browsers, must not delay packets.
let relay: UdpRelay | undefined;

async function answer(message: ToRelay): Promise<FromRelay> {
  if (message.type === 'start') {
    relay = await UdpRelay.start(message.port, message.target, message.profile);
    return { type: 'listening', port: relay.port };
  }
  if (relay === undefined) throw new Error(`"${message.type}" came before "start"`);
  if (message.type === 'read') return { type: 'log', log: relay.read() };
  relay.use(message.profile);
  return { type: 'used' };
}

process.on('message', (message: ToRelay) => {
  void answer(message).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
