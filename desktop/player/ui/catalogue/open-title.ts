import { launchTitle } from '../current-session.ts';
import { growFrom } from '../play/growing-cover.ts';

/** Launches on the click itself, then turns the page, where the cover grows from its place in the catalogue. */
export function openTitle(titleId: string, cover: HTMLElement | null, turnPage: () => void): void {
  launchTitle(titleId);
  if (cover !== null) growFrom(cover.getBoundingClientRect());
  turnPage();
}
