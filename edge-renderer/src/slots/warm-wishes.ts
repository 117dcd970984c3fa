import { TitleId } from '@kilat/shared/ids';
import { z } from 'zod';

/** How many slots are to wait ready for a title. */
export interface WarmWish {
  titleId: TitleId;
  count: number;
}

/** `freedoom:2,mrboom`: titles and how many slots to keep warm for each, one where no number is given. */
export const WarmWishes = z.string().transform((text, context): WarmWish[] => {
  const wishes = new Map<TitleId, number>();
  for (const part of text.split(',').map((word) => word.trim())) {
    if (part === '') continue;
    const [name = '', number = '1', ...more] = part.split(':');
    const titleId = TitleId.safeParse(name);
    const count = Number(number);
    if (!titleId.success || more.length > 0 || !Number.isInteger(count) || count < 1 || count > 64) {
      context.addIssue({
        code: 'custom',
        message: `"${part}" is not a title with a count from 1 to 64, as in freedoom:2`,
      });
      return z.NEVER;
    }
    wishes.set(titleId.data, (wishes.get(titleId.data) ?? 0) + count);
  }
  return [...wishes].map(([titleId, count]) => ({ titleId, count }));
});

/** A sentence for the operator about each wish for a title that this edge does not run. */
export function hopelessWishes(wishes: readonly WarmWish[], runs: (titleId: TitleId) => boolean): string[] {
  return wishes
    .filter(({ titleId }) => !runs(titleId))
    .map(
      ({ titleId }) => `KILAT_EDGE_WARM names ${titleId}, which this edge does not run: no slot is kept warm for it.`,
    );
}

/** The title to warm next: the one furthest from its wish, the first named among equals; undefined when all are met. */
export function nextToWarm(
  wishes: readonly WarmWish[],
  warm: readonly TitleId[],
  resting: ReadonlySet<TitleId>,
): TitleId | undefined {
  const share = ({ titleId, count }: WarmWish) => warm.filter((id) => id === titleId).length / count;
  return wishes.filter((wish) => !resting.has(wish.titleId) && share(wish) < 1).sort((a, b) => share(a) - share(b))[0]
    ?.titleId;
}
