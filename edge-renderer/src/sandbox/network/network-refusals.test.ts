import { expect, test } from 'vitest';
import type { SandboxName } from '../sandbox.ts';
import { AllowedHosts } from './network-setting.ts';
import { networkRefusals } from './network-refusals.ts';

const refusals = (asked: string[], list: string, name: SandboxName = 'bubblewrap', networkUnavailable?: string) =>
  networkRefusals(asked, { name, network: AllowedHosts.parse(list), networkUnavailable }).map(
    ({ field, reason }) => `${field} ${reason}`,
  );

test('what the operator allows is not refused, in any sandbox that can do it, nor without one', () => {
  for (const name of ['bubblewrap', 'oci', 'podman', 'none'] as const)
    expect(refusals(['scores.example.net:443', '9.9.9.9:53/udp'], '*.example.net:443,*:53/udp', name)).toEqual([]);
  expect(refusals([], '')).toEqual([]);
});

test('each host beyond that is refused by its place, with the operator’s list and setting', () => {
  expect(refusals(['a.net:1', 'b.net:2', 'a.net:1/udp'], 'a.net:1,[2001:db8::1]:*/udp,*.c.net:*')).toEqual([
    'sandbox.network.1 asks to reach b.net:2; this edge lets titles reach a.net:1, [2001:db8::1]:*/udp, *.c.net:* (KILAT_EDGE_TITLE_NETWORK)',
    'sandbox.network.2 asks to reach a.net:1/udp; this edge lets titles reach a.net:1, [2001:db8::1]:*/udp, *.c.net:* (KILAT_EDGE_TITLE_NETWORK)',
  ]);
  expect(refusals(['a.net:1'], '')).toEqual([
    'sandbox.network.0 asks to reach a.net:1; titles have no network on this edge (KILAT_EDGE_TITLE_NETWORK)',
  ]);
});

test('an address inside must be named itself, one that is nobody’s cannot be had', () => {
  expect(refusals(['169.254.169.254:80', '127.0.0.1:22'], '*,127.0.0.1:22')).toEqual([
    expect.stringMatching(/^sandbox\.network\.0 asks to reach 169\.254\.169\.254:80; .* must name it itself/),
  ]);
  expect(refusals(['0.0.0.0:22'], '*,0.0.0.0:22')).toEqual([expect.stringContaining('no single host’s address')]);
});

test('a sandbox or a machine that cannot do it says so', () => {
  for (const name of ['docker', 'pod'] as const)
    expect(refusals(['a.net:1'], '*', name)).toEqual([expect.stringContaining(`the sandbox ${name} cannot`)]);
  expect(refusals(['a.net:1'], '*', 'bubblewrap', 'ip is not installed')).toEqual([
    expect.stringContaining('this machine cannot give a title single hosts: ip is not installed'),
  ]);
});
