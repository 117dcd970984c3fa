import type { InputEvent } from '@kilat/shared/input/events';
import { PAD_AT_REST } from '@kilat/shared/input/gamepad';
import { decodeInputPacket, encodeInputPacket, MAX_EVENTS_PER_PACKET } from '@kilat/shared/input/packet';
import { describe, expect, test } from 'vitest';
import { MAX_WAITING_EVENTS, Outbox } from './outbox.ts';

const down = (key: number): InputEvent => ({ type: 'key-down', key });

describe('Outbox', () => {
  test('numbers events from 1 and repeats all that are unacknowledged', () => {
    const outbox = new Outbox();
    expect(outbox.packet()).toBeUndefined();
    expect([outbox.add(down(30)), outbox.add(down(31)), outbox.add(down(32))]).toEqual([1, 2, 3]);
    outbox.acknowledge(1);
    expect(outbox.packet()).toEqual({ kind: 'input', firstSeq: 2, events: [down(31), down(32)] });
  });

  test('keeps its place when everything is acknowledged', () => {
    const outbox = new Outbox();
    outbox.add(down(30));
    outbox.acknowledge(1);
    expect(outbox.packet()).toBeUndefined();
    expect(outbox.add(down(31))).toBe(2);
    expect(outbox.packet()?.firstSeq).toBe(2);
  });

  test('ignores acknowledgements that are old or of events never sent', () => {
    const outbox = new Outbox();
    outbox.add(down(30));
    outbox.add(down(31));
    outbox.acknowledge(2);
    outbox.add(down(32));
    for (const seq of [0, 1, 2, 4, 2 ** 32 - 1]) outbox.acknowledge(seq);
    expect(outbox.packet()).toEqual({ kind: 'input', firstSeq: 3, events: [down(32)] });
  });

  test('sends the oldest events first when they do not fit one packet', () => {
    const outbox = new Outbox();
    for (let seq = 1; seq <= MAX_EVENTS_PER_PACKET + 5; seq++) outbox.add(down((seq % 100) + 1));
    const packet = outbox.packet();
    expect(packet?.events).toHaveLength(MAX_EVENTS_PER_PACKET);
    expect(packet?.firstSeq).toBe(1);
    expect(packet && decodeInputPacket(encodeInputPacket(packet))).toEqual(packet);
    outbox.acknowledge(MAX_EVENTS_PER_PACKET);
    expect(outbox.packet()).toMatchObject({ firstSeq: MAX_EVENTS_PER_PACKET + 1, events: { length: 5 } });
  });

  test('refuses more than a dead connection could ever deliver', () => {
    const outbox = new Outbox();
    for (let seq = 1; seq <= MAX_WAITING_EVENTS; seq++) expect(outbox.add(down(1))).toBe(seq);
    expect(outbox.add(down(1))).toBeUndefined();
    outbox.acknowledge(1);
    expect(outbox.add(down(1))).toBe(MAX_WAITING_EVENTS + 1);
  });

  test('of a moving stick only the newest state is repeated, and short presses are kept', () => {
    const outbox = new Outbox();
    const pad = (leftX: number, buttons = 0, number = 0): InputEvent => ({
      type: 'gamepad',
      pad: number,
      state: { ...PAD_AT_REST, leftX, buttons },
    });
    for (let step = 1; step <= 500; step++) expect(outbox.add(pad(step))).toBe(step);
    expect(outbox.packet()).toEqual({ kind: 'input', firstSeq: 500, events: [pad(500)] });
    outbox.add(pad(501, 1));
    outbox.add(down(30));
    outbox.add(pad(502, 1));
    outbox.add(pad(503, 0));
    outbox.add(pad(9, 0, 1));
    const events = [pad(500), { type: 'superseded' }, down(30), pad(502, 1), pad(503, 0), pad(9, 0, 1)];
    expect(outbox.packet()).toEqual({ kind: 'input', firstSeq: 500, events });
    outbox.acknowledge(499);
    outbox.acknowledge(502);
    expect(outbox.packet()).toEqual({ kind: 'input', firstSeq: 503, events: events.slice(3) });
  });
});
