import { encodeInputPacket } from '@kilat/shared/input/packet';
import type { EdgeReport } from '@kilat/shared/input/report';
import { expect, test } from 'vitest';
import { SessionInput } from './session-input.ts';

/** Inputs of a page, before its title can be given any. */
function start() {
  const reports: EdgeReport[] = [];
  const first = Promise.withResolvers<EdgeReport>();
  let given = 0;
  const input = new SessionInput({
    report: (report) => {
      reports.push(report);
      first.resolve(report);
    },
    touched: () => {},
    injected: () => {
      given += 1;
    },
  });
  return { input, reports, first: first.promise, given: () => given };
}
const press = (seq: number) =>
  encodeInputPacket({ kind: 'input', firstSeq: seq, events: [{ type: 'key-down', key: 30 }] });

test('a ping is answered at once, with the times that its round trip is made of', () => {
  const { input, reports } = start();
  expect(input.take(encodeInputPacket({ kind: 'ping', sentMs: 7.5 }), 123)).toBe(true);
  expect(reports).toEqual([{ kind: 'pong', pingSentMs: 7.5, receivedMs: 123, sentMs: expect.any(Number) }]);
});

test('what makes no sense is said to be so, and answered with nothing', () => {
  const { input, reports } = start();
  expect(input.take(Uint8Array.of(250, 1, 2), 0)).toBe(false);
  expect(reports).toEqual([]);
});

test('inputs are acknowledged together, though the title cannot be given them yet', async () => {
  const { input, reports, first, given } = start();
  input.take(press(1), 0);
  input.take(press(2), 0);
  expect(await first).toEqual({ kind: 'inputs', ackSeq: 2, answered: [] });
  expect(reports.length).toBe(1);
  expect(given()).toBe(0);
  input.close();
});

test('the next page numbers its inputs from 1 again', async () => {
  const { input, first } = start();
  input.take(press(40), 0);
  input.pageReplaced();
  input.take(press(1), 0);
  expect(await first).toMatchObject({ ackSeq: 1 });
  input.close();
});
