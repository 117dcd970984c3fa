import { access, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TitleManifest } from '@kilat/shared/title/manifest';
import { parseDocument } from 'yaml';
import { plainReason } from './plain-reason.ts';

/** A manifest that passed, with the absolute path of the folder it was read from (`{titles}`, the cover's base). */
export type LoadedTitle = TitleManifest & { folder: string };

/** Why a manifest, or a part of it, is not in the catalogue: file (or folder), field such as `display.width`, reason. */
export interface TitleProblem {
  file: string;
  field: string;
  reason: string;
}

/** One problem as a sentence: `Title manifest /games/x.yaml: display.width must be at least 320`. */
export const problemSentence = ({ file, field, reason }: TitleProblem): string =>
  `Title manifest ${file}: ${[field, reason].filter((part) => part !== '').join(' ')}`;

/** Absolute path of the folder with the titles that come with Kilat. */
export const bundledTitles: string = resolve(import.meta.dirname, '..');

/**
 * Reads every `*.yaml` of the folders. A bad manifest becomes problems and the others still load; of two titles with
 * one id the earlier folder's stays. A missing cover is a problem too, but its title plays without one. Games come
 * first, by name, then probes.
 */
export async function loadTitles(folders: string[]): Promise<{ titles: LoadedTitle[]; problems: TitleProblem[] }> {
  const titles = new Map<string, LoadedTitle>();
  const problems: TitleProblem[] = [];
  for (const folder of folders.map((path) => resolve(path))) {
    for (const name of await manifestNames(folder, problems)) {
      const file = join(folder, name);
      const read = await readManifest(file);
      if ('problems' in read) {
        problems.push(...read.problems);
        continue;
      }
      const { manifest } = read;
      const earlier = titles.get(manifest.id);
      if (earlier !== undefined) {
        problems.push({
          file,
          field: 'id',
          reason: `is already taken by ${join(earlier.folder, `${earlier.id}.yaml`)}`,
        });
        continue;
      }
      titles.set(manifest.id, { ...manifest, folder });
      if (!(await exists(join(folder, manifest.cover)))) {
        problems.push({
          file,
          field: 'cover',
          reason: `names ${manifest.cover}, which is not there; shown without a cover`,
        });
      }
    }
  }
  return { titles: [...titles.values()].sort(byKindThenName), problems };
}

async function manifestNames(folder: string, problems: TitleProblem[]): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    problems.push({
      file: folder,
      field: '',
      reason: missing ? 'this folder does not exist' : `cannot be read: ${(error as Error).message}`,
    });
    return [];
  }
}

async function readManifest(file: string): Promise<{ manifest: TitleManifest } | { problems: TitleProblem[] }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return { problems: [{ file, field: '', reason: `cannot be read: ${(error as Error).message}` }] };
  }
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(({ message, linePos }) => ({
        file,
        field: linePos === undefined ? '' : `line ${linePos[0].line}`,
        reason: `is not valid YAML: ${message.split('\n')[0]?.replace(/ at line \d+.*$/, '')}`,
      })),
    };
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    return { problems: [{ file, field: '', reason: `is not valid YAML: ${(error as Error).message}` }] };
  }
  const parsed = TitleManifest.safeParse(content, { reportInput: true });
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.flatMap((issue) => plainReason(issue).map((plain) => ({ file, ...plain }))),
    };
  }
  const problems = mismatches(parsed.data, file).map((mismatch) => ({ file, ...mismatch }));
  return problems.length > 0 ? { problems } : { manifest: parsed.data };
}

/** What one field alone cannot tell. */
function mismatches({ id, command }: TitleManifest, file: string): { field: string; reason: string }[] {
  const found = [];
  if (!file.endsWith(`/${id}.yaml`))
    found.push({ field: 'id', reason: `is "${id}"; the file must then be named ${id}.yaml` });
  // The place of a program must not depend on the PATH of whoever asks.
  if (!/^(\/|\{node\}$|\{titles\}\/)/.test(command)) {
    found.push({ field: 'command', reason: 'must be an absolute path, "{node}", or begin with "{titles}/"' });
  }
  return found;
}

function byKindThenName(a: LoadedTitle, b: LoadedTitle): number {
  return (
    Number(a.kind === 'probe') - Number(b.kind === 'probe') ||
    a.name.localeCompare(b.name, 'en') ||
    a.id.localeCompare(b.id, 'en')
  );
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
