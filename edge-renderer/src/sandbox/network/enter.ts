import type { NamespacePaths } from './held-namespaces.ts';

/** Words before a command that put it into a network that was made. */
export const enterWords = ({ network, user }: NamespacePaths): string[] => [
  'nsenter',
  ...(user === undefined ? [] : ['--preserve-credentials', `--user=${user}`]),
  `--net=${network}`,
  '--',
];
