import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

/**
 * Makes an empty PostgreSQL cluster at `folder` unless one is there. Initialising takes PGlite up to half a minute, so
 * it is done once per PGlite version into `cacheFolder` and copied from there (0.1 s).
 */
export async function ensureDatabaseFolder(folder: string, cacheFolder: string): Promise<void> {
  if (await exists(join(folder, 'PG_VERSION'))) return;
  const template = await ensureTemplate(cacheFolder);
  // A copy cut short must never be taken for a database: it gets its name only when whole.
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  // Ten times as quick as the asynchronous copy of these thousand files; nothing else waits for this process.
  cpSync(template, draft, { recursive: true });
  await rename(draft, folder);
}

async function ensureTemplate(cacheFolder: string): Promise<string> {
  const template = join(cacheFolder, `database-template-pglite-${await pgliteVersion()}`);
  if (await exists(join(template, 'PG_VERSION'))) return template;
  const draft = `${template}.${randomBytes(6).toString('hex')}`;
  await mkdir(cacheFolder, { recursive: true });
  const database = await PGlite.create(draft);
  await database.close();
  try {
    await rename(draft, template);
  } catch (error) {
    // Another Indexer was faster.
    await rm(draft, { recursive: true, force: true });
    if (!(await exists(join(template, 'PG_VERSION')))) throw error;
  }
  return template;
}

async function pgliteVersion(): Promise<string> {
  const entry = fileURLToPath(import.meta.resolve('@electric-sql/pglite'));
  const { version } = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
