import type { Socket } from 'socket.io';
import type { z } from 'zod';

/** A table of requests as `shared` declares them: name → request and reply. */
type Calls = Record<string, { request: z.ZodType; reply: z.ZodType }>;
/** One handler per request of the table. */
export type Handlers<Table extends Calls> = {
  [Name in keyof Table]: (request: z.output<Table[Name]['request']>) => Promise<z.input<Table[Name]['reply']>>;
};

/** What the door does about messages that get no further. */
export interface Doorkeeping {
  /** Counts a message that is dropped: `unknown`, `no-ack` or `malformed`. */
  drop: (reason: string, call: string) => void;
  /** Answer to a malformed request, `fault` naming the field; undefined: no answer. */
  malformed: (call: string, fault: string) => unknown;
  /** Answer when a handler threw; undefined: no answer, so that the sender repeats. */
  failed: (call: string, error: unknown) => unknown;
}

/** Parses every request of a socket at the door and acknowledges it with its handler's reply. */
export function answerCalls<Table extends Calls>(
  socket: Socket,
  calls: Table,
  handlers: Handlers<Table>,
  door: Doorkeeping,
): void {
  socket.onAny((name: string) => {
    if (!Object.hasOwn(calls, name)) door.drop('unknown', name);
  });
  for (const [name, { request }] of Object.entries(calls)) {
    socket.on(name, (...sent: unknown[]) => {
      const acknowledge = sent.at(-1);
      if (typeof acknowledge !== 'function') return door.drop('no-ack', name);
      const reply = (answer: unknown): void => {
        if (answer !== undefined) acknowledge(answer);
      };
      const parsed = request.safeParse(sent[0]);
      if (!parsed.success) {
        door.drop('malformed', name);
        return reply(door.malformed(name, faultOf(parsed.error)));
      }
      handlers[name as keyof Table](parsed.data as never).then(reply, (error: unknown) =>
        reply(door.failed(name, error)),
      );
    });
  }
}

/** The first fault in words: `media.dtlsFingerprints.0.value: Invalid input`. */
export function faultOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'the message is malformed';
  const path = issue.path.map(String).join('.') || 'message';
  return `${path}: ${issue.message}`.slice(0, 500);
}
