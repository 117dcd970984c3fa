import { EndReason } from '@kilat/shared/session/life';
import type { PlayState } from '../../play/model.ts';
import { endWords } from './endings.ts';

/** What a page offers when something did not go as wished. */
export type WayOn = 'try-again' | 'back' | 'reload';

/** What happened, what Kilat did about it, what the player can do, and the buttons for it (the first is the main one). */
export interface Saying {
  title: string;
  happened: string;
  done: string;
  canDo: string;
  ways: WayOn[];
}

type RefusedWhy = Extract<PlayState, { is: 'refused' }>['why'];

/** Why a launch never began. `name` is the title's, as far as it is known. */
export function refusalWords(why: RefusedWhy, name: string): Saying {
  switch (why.reason) {
    case 'unknown-title':
      return {
        title: 'No such game here',
        happened: `Kilat has no game at this address (“${name}”).`,
        done: 'The whole catalogue was searched.',
        canDo: 'The link may be mistyped, or the game was taken down. The games that are here are one click away.',
        ways: ['back'],
      };
    case 'not-installed':
      return {
        title: `${name} is not installed yet`,
        happened: 'Machines are connected, but none of them has this game’s program.',
        done: 'Every connected machine was asked.',
        canDo: 'Its card in the catalogue shows the one command that installs it.',
        ways: ['back', 'try-again'],
      };
    case 'no-edge':
      return {
        title: 'No machine is connected right now',
        happened: 'Games run on machines near you, and none of them is connected to Kilat at the moment.',
        done: 'This page keeps listening: a machine that comes back is used at once.',
        canDo: 'Leave this page open, or try again now. If this is your own Kilat, start a machine with “npm start”.',
        ways: ['try-again', 'back'],
      };
    case 'all-full':
      return {
        title: 'Every seat is taken',
        happened: `All machines that have ${name} are playing already.`,
        done: 'Every one of them was asked for a free seat. This page takes the next one by itself.',
        canDo: 'Leave this page open: seats free up when somebody leaves. Or pick another game.',
        ways: ['try-again', 'back'],
      };
    case 'draining':
      return {
        title: 'No new games just now',
        happened: `The machines that have ${name} take no new players for the moment: they are being looked after.`,
        done: 'This page keeps listening, and launches the game as soon as one of them is open again.',
        canDo:
          'Leave this page open, or come back later. If this is your own Kilat: “npm run edge -- resume” opens it.',
        ways: ['try-again', 'back'],
      };
    case 'edge-gone':
      return {
        title: 'The machine did not answer',
        happened: 'The machines that could run this game fell silent while they were asked.',
        done: 'Each was given its time, then the next one was tried, until none was left.',
        canDo: 'This is usually over in a few seconds. Try again.',
        ways: ['try-again', 'back'],
      };
    case 'no-h264':
      return {
        title: 'This browser cannot show the picture',
        happened: 'It offers no H.264 video, the format in which games arrive.',
        done: 'Nothing was started, and no seat was taken.',
        canDo: 'Open this page in Chrome, Edge, Safari or Firefox with its H.264 plugin switched on.',
        ways: ['back'],
      };
    case 'protocol-version':
      return {
        title: 'Kilat has been updated',
        happened: 'This page is of another version than the server it talks to.',
        done: 'The launch was stopped before it could go wrong.',
        canDo: 'Reload the page to get the new version. It takes a second.',
        ways: ['reload', 'back'],
      };
    case 'bad-request':
      return {
        title: 'The launch was not understood',
        happened: 'The server could not read what this page asked for.',
        done: 'It refused the request, so nothing was started.',
        canDo: 'A reload fetches a fresh page and mends this in most cases.',
        ways: ['reload', 'back'],
      };
    case 'too-many':
      return {
        title: 'A moment, please',
        happened: 'Very many launches came from this browser, or its network, in a short time.',
        done: 'The newest one waited for its turn, which did not come, so that everybody gets a seat.',
        canDo: 'Close other tabs that launch games, then try again.',
        ways: ['try-again', 'back'],
      };
    case 'too-many-sessions':
      return {
        title: 'You are playing two games already',
        happened: 'One browser can play two games at a time, and both of yours are running in other tabs.',
        done: 'They were left alone, and nothing new was started.',
        canDo: 'Leave one of them, then try again.',
        ways: ['try-again', 'back'],
      };
    case 'session-ended':
      return {
        title: 'That game is over',
        happened: endedMeanwhile(why.detail, name),
        done: 'Its seat was given back.',
        canDo: `Start ${name} afresh.`,
        ways: ['try-again', 'back'],
      };
    case 'not-yours':
      return {
        title: 'This game belongs to another tab',
        happened: 'The session this tab wanted to go back to was begun elsewhere.',
        done: 'It was left alone.',
        canDo: `Start a game of ${name} of your own.`,
        ways: ['try-again', 'back'],
      };
    case 'indexer-trouble':
      return {
        title: 'Kilat takes no new games right now',
        happened: 'The server cannot keep its records, most likely because its disk is full.',
        done: 'Games that are being played go on; only new ones have to wait.',
        canDo: 'Try again later. If this is your own Kilat, free some disk space.',
        ways: ['try-again', 'back'],
      };
    case 'unsupported':
      return {
        title: 'This browser cannot play',
        happened: missingWords(why.missing),
        done: 'Nothing was started, and no seat was taken.',
        canDo: 'Open this page in a current Chrome, Edge, Firefox or Safari.',
        ways: ['back'],
      };
    case 'unreachable':
      return {
        title: 'Kilat is not answering',
        happened: 'The server that finds a machine for you could not be reached.',
        done: 'The page called it several times.',
        canDo:
          'Check your own connection, then try again. If this is your own Kilat, see whether “npm start” is still running.',
        ways: ['try-again', 'back'],
      };
  }
}

/** How the session ended that a tab wanted to go back to. `detail`: an `EndReason`, where it is known. */
function endedMeanwhile(detail: string | undefined, name: string): string {
  const reason = EndReason.safeParse(detail).data;
  const known = reason === undefined ? undefined : endWords(reason, name).happened;
  return known ?? 'The session this tab wanted to go back to has ended in the meantime.';
}

/** What the server said more exactly than the sentences do, for whoever looks into it; undefined where they say it all. */
export function refusalDetail(why: RefusedWhy): string | undefined {
  if (!('detail' in why) || EndReason.safeParse(why.detail).success) return undefined;
  return why.detail;
}

/** What an unsupported browser lacks. */
export function missingWords(missing: 'webrtc' | 'h264'): string {
  switch (missing) {
    case 'webrtc':
      return 'It has no WebRTC, the way in which picture and input travel. A privacy setting or an add-on may have switched it off.';
    case 'h264':
      return 'It cannot decode H.264 video, the format in which games arrive.';
  }
}

/** Label of a way on. */
export function wayWords(way: WayOn): string {
  switch (way) {
    case 'try-again':
      return 'Try again';
    case 'back':
      return 'Back to games';
    case 'reload':
      return 'Reload';
  }
}
