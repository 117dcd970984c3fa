import { resolve } from 'node:path';
import { bundledTitles, type LoadedTitle, type TitleProblem } from '@kilat/titles/load';
import type { ChosenSandbox } from './choose.ts';
import { excessiveNeeds } from './limits.ts';
import { networkRefusals } from './network/network-refusals.ts';
import { forbiddenNeed, holds } from './title-files.ts';

/**
 * Why this edge does not run a title: it asks for more than the edge gives, would see what it must not, or nothing would
 * keep it to itself. Empty when it may run. `kept`: folders of the edge that no title may see.
 */
export function titleRefusals(title: LoadedTitle, sandbox: ChosenSandbox, kept: string[]): TitleProblem[] {
  const file = `${title.folder}/${title.id}.yaml`;
  const needs = [
    ...excessiveNeeds(title.sandbox, sandbox.allowed),
    ...networkRefusals(title.sandbox?.network ?? [], sandbox),
  ];
  const problems: TitleProblem[] = needs.map((need) => ({ file, ...need }));
  for (const [place, path] of title.needs.entries()) {
    const reason = forbiddenNeed(path, kept);
    if (reason !== undefined) problems.push({ file, field: `needs.${place}`, reason: `${path} ${reason}` });
  }
  const inFolder = kept.find((path) => holds(title.folder, path));
  if (inFolder !== undefined) {
    const reason = `lies in ${title.folder}, which holds ${inFolder}: a title sees the folder of its manifest. Move one of them`;
    problems.push({ file, field: '', reason });
  }
  if (sandbox.noneWorks !== undefined && resolve(title.folder) !== bundledTitles) {
    const reason = `no sandbox works here (${sandbox.noneWorks}), and without one only the titles that come with Kilat run; KILAT_EDGE_SANDBOX=none runs all of them as this edge's user`;
    problems.push({ file, field: '', reason });
  }
  return problems;
}
