import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Kilat, startKilat } from './kilat.ts';
import { newPlayer, play, stats, untilState } from './play-page.ts';
import { until } from './until.ts';

// The operator's view of a running edge: the command and the page, and draining with players on it.

const run = promisify(execFile);
const EDGE = fileURLToPath(new URL('../../edge-renderer/src/main.ts', import.meta.url));

let kilat: Kilat;
let browser: Browser;
let player: Page;
let operator: Page;

beforeAll(async () => {
  [kilat, browser] = await Promise.all([startKilat({ slots: 2 }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await kilat?.close();
});

async function edge(...words: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [EDGE, ...words], { env: kilat.env });
  return stdout;
}

const headline = () => operator.locator('#headline').innerText();

async function metric(name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${kilat.statusPort}/metrics`);
  const line = (await answer.text()).split('\n').find((text) => text.startsWith(name));
  return Number(line?.split(' ').at(-1) ?? Number.NaN);
}

test('the command prints who plays, and the address of a page that shows the same', async () => {
  expect(await edge('status')).toContain('Taking sessions: 0 of 2 slots in use');
  player = await newPlayer(browser);
  await play(player, kilat.url, 'latency-probe-moving');
  // The first look at the processor after the session's start.
  const cost = 'kilat_edge_session_cores{session="s_';
  await until('a measured session', async () => (await metric(cost)) > 0);
  const text = await edge('status');
  expect(text).toMatch(/Latency probe, moving +playing/);
  operator = await newPlayer(browser);
  await operator.goto(/http:\/\/127\.0\.0\.1:\d+\/#\S+/.exec(text)?.[0] ?? '');
  await operator.getByRole('cell', { name: 'Latency probe, moving' }).waitFor();
  expect(await headline()).toBe('Taking sessions: 1 of 2 slots in use.');
  expect(operator.url()).not.toContain('#');
});

test('each stage of a launch is in the histogram, by how warm its slot was', async () => {
  for (const stage of ['reserved', 'display', 'title', 'drawn', 'playing', 'first-frame'])
    expect(await metric(`kilat_edge_launch_seconds_count{stage="${stage}",warmth="cold"}`), stage).toBe(1);
});

test('draining keeps who plays, takes nobody else, and outlives the agent', async () => {
  await operator.getByRole('button', { name: 'Drain' }).click();
  await until('a draining edge', async () => (await headline()).includes('no new sessions, 1 still running'));
  const next = await newPlayer(browser);
  await next.goto(`${kilat.url}/play/latency-probe`);
  await untilState(next, 'refused');
  await next.getByText('No new games just now').first().waitFor();
  const frames = (await stats(player))?.video.framesDecoded ?? 0;
  await until('more frames', async () => ((await stats(player))?.video.framesDecoded ?? 0) > frames);

  await kilat.edge.stop();
  await until('the page says so', async () => (await headline()).includes('does not answer'));
  kilat.edge.start();
  await until('a drained edge', async () => (await headline()).includes('the machine may be taken away'));
  await expect(edge('resume')).resolves.toContain('Taking sessions');
  await play(next, kilat.url, 'latency-probe');
  await until('the page says so', async () => (await headline()).includes('1 of 2 slots in use'));
});
