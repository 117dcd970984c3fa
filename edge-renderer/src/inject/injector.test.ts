import { expect, test } from 'vitest';
import type { XTest } from 'x11';
import type { XConnection } from '../capture/x-connection.ts';
import { Injector } from './injector.ts';

/** What an injector asks of the X server, as "type:detail". */
function recorded() {
  const requests: string[] = [];
  const xtest: XTest = { FakeInput: (type, detail) => void requests.push(`${type}:${detail}`) };
  return { requests, injector: new Injector({ width: 640, height: 360 } as XConnection, xtest, 'absolute', undefined) };
}

test('one wheel event costs the X server at most eight notches', () => {
  const { requests, injector } = recorded();
  for (let event = 0; event < 128; event++) injector.inject({ type: 'wheel', dx: 32_767, dy: 32_767 });
  expect(requests.length).toBe(128 * 2 * 8 * 2);
});

test('a key or button that is not down is not let go', () => {
  const { requests, injector } = recorded();
  injector.inject({ type: 'key-up', key: 30 });
  injector.inject({ type: 'button-up', button: 0 });
  expect(requests).toEqual([]);
  injector.inject({ type: 'key-down', key: 30 });
  injector.inject({ type: 'key-up', key: 30 });
  injector.inject({ type: 'key-up', key: 30 });
  expect(requests).toEqual(['2:38', '3:38']);
});
