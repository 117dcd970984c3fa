import type { EndReason } from '@kilat/shared/session/life';

export interface Farewell {
  title: string;
  /** Undefined where the title says it all. */
  happened: string | undefined;
}

/** Why a session ended. */
export function endWords(reason: EndReason, name: string): Farewell {
  switch (reason) {
    case 'left':
      return { title: 'Good game', happened: undefined };
    case 'idle':
      return {
        title: 'Ended after a long pause',
        happened: 'Nothing was pressed for a while, so the seat was given to somebody else.',
      };
    case 'player-gone':
      return {
        title: 'Your connection stayed away',
        happened: 'The game waited for you to come back, then gave up the seat.',
      };
    case 'replaced':
      return { title: 'You started another game', happened: `${name} was waiting for you and made room for it.` };
    case 'title-exited':
      return {
        title: `${name} was quit`,
        happened: 'The game closed itself, as it does when you choose Quit in its menu.',
      };
    case 'title-crashed':
      return {
        title: `${name} crashed`,
        happened: 'The game’s own program stopped. Your connection was fine, and the next try starts fresh.',
      };
    case 'start-failed':
      return {
        title: `${name} did not start`,
        happened:
          'The machine could not bring up its display, its sound or the game. Kilat cleaned up; another try may land on another machine.',
      };
    case 'display-lost':
      return {
        title: 'The game lost its display',
        happened: 'The display it was drawing on stopped. Kilat cleaned up; another try starts fresh.',
      };
    case 'encoder-lost':
      return {
        title: 'The picture stopped',
        happened:
          'Nothing on the machine could turn the game into video any more. Kilat cleaned up; another try may land on another machine.',
      };
    case 'session-crashed':
      return {
        title: 'The stream stopped',
        happened:
          'The program that sends you the picture crashed on the machine. Other players are not affected; another try starts fresh.',
      };
    case 'edge-lost':
      return {
        title: 'The machine went away',
        happened:
          'It fell silent while you were playing, and what ran on it is over. Another try looks for another machine.',
      };
    case 'edge-stopped':
      return {
        title: 'The machine was switched off',
        happened: 'Its operator shut it down while you were playing. Another try looks for another machine.',
      };
  }
}

/** Whether an ending came over the player, rather than being its own or the game's doing. */
export function isLoss(reason: EndReason): boolean {
  switch (reason) {
    case 'left':
    case 'idle':
    case 'replaced':
    case 'title-exited':
      return false;
    case 'player-gone':
    case 'title-crashed':
    case 'start-failed':
    case 'display-lost':
    case 'encoder-lost':
    case 'session-crashed':
    case 'edge-lost':
    case 'edge-stopped':
      return true;
  }
}
