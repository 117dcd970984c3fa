import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { takePicture } from './cover/picture.ts';
import { play, untilDrawn } from './cover/play.ts';
import { recipeFor } from './cover/recipes.ts';
import { missingParts } from './installed.ts';
import { bundledTitles, type LoadedTitle, loadTitles } from './load.ts';
import { connectDisplay } from './stage/connection.ts';
import { stageTitle } from './stage/program.ts';

// `npm run covers [id …]`: takes the covers of the titles that come with Kilat from the running programs.

const wanted = process.argv.slice(2);
const { titles } = await loadTitles([bundledTitles]);
const unknown = wanted.filter((id) => !titles.some((title) => title.id === id));
if (unknown.length > 0) throw new Error(`no such title: ${unknown.join(', ')}`);

for (const title of titles) {
  if (wanted.length > 0 && !wanted.includes(title.id)) continue;
  const missing = await missingParts(title);
  if (missing.length > 0) console.log(`${title.id}: left out, ${missing.join(' and ')} not installed`);
  else console.log(`${title.id}: ${await takeCover(title)}`);
}

async function takeCover(title: LoadedTitle): Promise<string> {
  const file = join(title.folder, title.cover);
  await mkdir(dirname(file), { recursive: true });
  const recipe = recipeFor(title.id);
  const staged = await stageTitle(title);
  try {
    const screen = await connectDisplay(staged.display.name);
    screen.client.on('error', () => {});
    const drawnMs = await untilDrawn(screen);
    await play(screen, recipe, drawnMs);
    await takePicture(
      staged.display.name,
      recipe.part ?? { x: 0, y: 0, width: screen.width, height: screen.height },
      file,
    );
    screen.client.terminate();
    return `${file}, first drawn after ${Math.round(drawnMs - staged.startedMs)} ms`;
  } finally {
    await staged.close();
  }
}
