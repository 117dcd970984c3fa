import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { firstToSay, openLog } from './log-file.mjs';

test('what is urgent is told once, though both programs say it, and again when one says it again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kilat-log-'));
  const told: string[] = [];
  const say = firstToSay((sentence) => told.push(sentence));
  const logs = await Promise.all(['Indexer', 'Edge'].map((name) => openLog(join(folder, `${name}.log`), name, say)));
  const warning = JSON.stringify({ level: 40, msg: 'Title manifest /t/x.yaml: name is missing' });
  const died = JSON.stringify({ level: 50, msg: 'media worker died', err: { message: 'signal 9' } });
  for (const line of [warning, JSON.stringify({ level: 30, msg: 'up' })])
    for (const log of logs) log.write(line, false);
  for (const line of [died, died]) logs[1]?.write(line, false);
  expect(told).toEqual([
    'Indexer: Title manifest /t/x.yaml: name is missing',
    'Edge: media worker died: signal 9',
    'Edge: media worker died: signal 9',
  ]);
  await Promise.all(logs.map((log) => log.close()));
  expect((await readFile(join(folder, 'Edge.log'), 'utf8')).split('\n')[0]).toBe(warning);
  await rm(folder, { recursive: true });
});
