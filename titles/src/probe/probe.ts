import { parseArgs } from 'node:util';
import { nextProbeState, PROBE_START } from '@kilat/shared/title/probe-code';
import { connectDisplay } from '../stage/connection.ts';
import { openClick } from './click.ts';
import { moveBackground } from './moving-background.ts';
import { pressCode } from './press.ts';
import { ProbeWindow } from './window.ts';

const { values: options } = parseArgs({
  options: { moving: { type: 'boolean' }, busy: { type: 'boolean' }, click: { type: 'boolean' } },
});

const screen = await connectDisplay();
// The display going away is this program's end, not a fault of it.
screen.client.on('error', () => process.exit(0));
screen.client.on('end', () => process.exit(0));

const click = options.click === true ? openClick() : undefined;
const window = new ProbeWindow(screen);
let state = PROBE_START;
screen.client.on('event', (event) => {
  const code = pressCode(event);
  if (code === undefined) return;
  state = nextProbeState(state, code);
  window.paint(state);
  click?.();
});
window.paint(state);
if (options.moving === true) await moveBackground(screen, window.id, options.busy === true);
