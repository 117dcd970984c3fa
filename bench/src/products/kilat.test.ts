import { expect, test } from 'vitest';
import { edgePart } from './kilat.ts';

test.each([
  [['/opt/node', '--import', 'file:///x/lifeline.mjs', '/srv/kilat/edge-renderer/src/main.ts'], 'agent'],
  [['/opt/node', '/srv/kilat/edge-renderer/src/container/session-process.ts'], 'session'],
  [['/cache/mediasoup-worker', '--logLevel=warn'], 'media worker'],
  [['pulseaudio', '-n'], 'sound server'],
  [['Xvfb', ':7'], undefined],
  [['/opt/node', '/srv/kilat/titles/src/probe/probe.ts', '--moving'], undefined],
  [[], undefined],
])('%j is %s', (command, part) => {
  expect(edgePart(command)).toBe(part);
});
