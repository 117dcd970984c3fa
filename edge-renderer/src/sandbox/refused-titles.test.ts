import { join } from 'node:path';
import { bundledTitles, loadTitles, type LoadedTitle } from '@kilat/titles/load';
import { expect, test } from 'vitest';
import type { ChosenSandbox } from './choose.ts';
import { machineAllowance } from './limits.ts';
import { AllowedHosts } from './network/network-setting.ts';
import { titleRefusals } from './refused-titles.ts';

const { titles } = await loadTitles([bundledTitles]);
const probe = titles.find(({ id }) => id === 'latency-probe') as LoadedTitle;
const sandbox: ChosenSandbox = {
  name: 'bubblewrap',
  allowed: machineAllowance(),
  network: AllowedHosts.parse('*.example.net:443'),
  noneWorks: undefined,
  networkUnavailable: undefined,
};
const kept = ['/srv/kilat/edge', '/dev/shm'];
const refusals = (title: Partial<LoadedTitle>, choice = sandbox) =>
  titleRefusals({ ...probe, ...title }, choice, kept).map(({ file, field, reason }) => `${file} ${field} ${reason}`);

test('every title that comes with Kilat runs', () => {
  expect(titles.flatMap((title) => titleRefusals(title, sandbox, kept))).toEqual([]);
});

test('more memory than the machine has is refused by file, field and reason', () => {
  expect(refusals({ sandbox: { memoryMb: 900_000, network: [] } })).toEqual([
    expect.stringMatching(
      /latency-probe\.yaml sandbox\.memoryMb asks for 900000 MB of memory; this edge gives a title at most \d+/,
    ),
  ]);
});

test('a host that the operator does not let titles reach is refused by file, field and reason', () => {
  expect(refusals({ sandbox: { network: ['scores.example.net:443', 'elsewhere.org:443'] } })).toEqual([
    expect.stringMatching(
      /latency-probe\.yaml sandbox\.network\.1 asks to reach elsewhere\.org:443; this edge lets titles reach \*\.example\.net:443 \(KILAT_EDGE_TITLE_NETWORK\)$/,
    ),
  ]);
});

test.each(['/', '/etc', '/etc/shadow', '/etc/../etc/shadow', '/srv/kilat/edge/key', '/srv', '/proc/1/environ'])(
  'a title may not need %s',
  (path) => {
    expect(refusals({ needs: ['/usr/games/x', path] })).toEqual([expect.stringContaining(`needs.1 ${path} is `)]);
  },
);

test('a manifest beside the edge’s own folder is refused: its title would see that', () => {
  expect(refusals({ folder: '/srv/kilat' })).toEqual([expect.stringContaining('which holds /srv/kilat/edge')]);
});

test('where no sandbox works only bundled titles run', () => {
  const none: ChosenSandbox = { ...sandbox, name: 'none', noneWorks: 'bubblewrap is not installed' };
  expect(refusals({}, none)).toEqual([]);
  expect(refusals({ folder: join('/srv', 'games') }, none)).toEqual([
    expect.stringContaining('no sandbox works here (bubblewrap is not installed)'),
  ]);
});
