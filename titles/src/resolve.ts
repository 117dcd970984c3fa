import type { LoadedTitle } from './load.ts';

/** What to execute for a title: program, arguments and the environment it adds, without placeholders. */
export interface ResolvedCommand {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** Puts the Node binary in place of `{node}` and the manifest's folder in place of `{titles}`. */
export function resolveCommand(title: LoadedTitle, { node }: { node: string }): ResolvedCommand {
  const fill = (text: string) =>
    text.replaceAll(/\{(node|titles)\}/g, (_, name) => (name === 'node' ? node : title.folder));
  return {
    command: fill(title.command),
    args: title.args.map(fill),
    env: Object.fromEntries(Object.entries(title.env).map(([name, value]) => [name, fill(value)])),
  };
}
