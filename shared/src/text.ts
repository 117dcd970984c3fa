import { z } from 'zod';

/** Text without what PostgreSQL's jsonb refuses: NUL characters, and halves of surrogate pairs (a cut emoji). */
export const storableText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** Text that somebody else wrote (a game's last words, a reason) and that is stored; at most `max` UTF-16 units. */
export const FreeText = (max: number) => z.string().max(max).overwrite(storableText);
