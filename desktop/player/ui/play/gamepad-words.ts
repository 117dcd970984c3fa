import type { SessionGamepads } from '../../play/model.ts';

/** What is said of one of the player's gamepads. */
export interface GamepadLine {
  name: string;
  says: string;
  /** The game does not get it. */
  problem: boolean;
}

/** Every gamepad the browser tells of, and what becomes of it in this game. */
export function gamepadWords({ playing, unknown, blocked }: SessionGamepads): GamepadLine[] {
  return [
    ...playing.map((name, pad) => ({ name, says: fate(pad, blocked), problem: blocked !== undefined })),
    ...unknown.map((name) => ({
      name,
      says:
        'The browser does not know its buttons. Many pads have a switch that makes them an Xbox pad (“X” or “XInput”); ' +
        'set it and plug the pad in again.',
      problem: true,
    })),
  ];
}

function fate(pad: number, blocked: SessionGamepads['blocked']): string {
  switch (blocked) {
    case undefined:
      return `Gamepad ${pad + 1} of the game`;
    case 'title':
      return 'This game takes no gamepads. Play it with keyboard and mouse.';
    case 'machine':
      return 'The machine could not plug it in. Plug it in again, or play with keyboard and mouse.';
  }
}
