/** What the edge adds for a title: variables of its environment, and paths that its sandbox has to show it. */
export interface TitleAddition {
  env: Record<string, string>;
  sees: string[];
}

/** All that is added for a title; several libraries are preloaded one after another. */
export function inAll(additions: TitleAddition[]): TitleAddition {
  const env = Object.assign({}, ...additions.map((addition) => addition.env));
  const preloaded = additions.flatMap((addition) => addition.env.LD_PRELOAD ?? []);
  if (preloaded.length > 0) env.LD_PRELOAD = preloaded.join(':');
  return { env, sees: additions.flatMap(({ sees }) => sees) };
}
