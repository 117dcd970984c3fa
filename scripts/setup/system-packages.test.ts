import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

// The real set-up against programs of ours in PATH, which decide what this machine seems to have and allow.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kilat-packages-'));
  chmodSync(folder, 0o755);
});

afterEach(() => rmSync(folder, { recursive: true }));

function fake(program: string, script: string): void {
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function installPackages(groups: string[], asNobody: boolean) {
  // The Node binary may lie where only root may look, so the process becomes nobody once it runs.
  const code = `
    import { installPackages } from ${JSON.stringify(join(import.meta.dirname, 'system-packages.mjs'))};
    if (${asNobody} && process.getuid() === 0) process.setuid(65534);
    await installPackages(${JSON.stringify(groups)}, () => {}, process.env).catch((error) => console.log(error.message));`;
  const env = { PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin` };
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    env,
    cwd: '/',
    encoding: 'utf8',
  });
  return stdout + stderr;
}

test('without the right to install, it lists each package with its reason and the command', () => {
  fake('dpkg-query', 'echo xvfb installed; exit 1');
  fake('sudo', 'exit 1');
  const said = installPackages(['play', 'yardstick'], true);
  expect(said).toMatch(/sudo wants a password/);
  expect(said).toMatch(/pulseaudio bubblewrap dsda-doom freedoom\n\s+to run games/);
  expect(said).toMatch(/novnc websockify\n\s+to measure TigerVNC/);
  expect(said).toContain('sudo apt-get install --no-install-recommends x11-xkb-utils');
  expect(said).not.toContain('xvfb');
});

test('with it, it says what comes and how much, and installs that without recommendations', () => {
  fake('dpkg-query', 'exit 1');
  fake('sudo', '[ "$1" = -n ] && shift; exec "$@"');
  fake(
    'apt-get',
    `case "$*" in
      *--print-uris*) echo "'http://archive/novnc.deb' novnc.deb 3000000 SHA256:0"; echo "'http://archive/dep.deb' dep.deb 500000 SHA256:1";;
      *) echo "$*" > ${folder}/calls; chmod a+r ${folder}/calls;;
    esac`,
  );
  const said = installPackages(['yardstick'], false);
  expect(said).toContain('2 packages with what they need, 4 MB to fetch');
  const { stdout } = spawnSync('cat', [join(folder, 'calls')], { encoding: 'utf8' });
  expect(stdout).toMatch(/install -y --no-install-recommends tigervnc-standalone-server novnc websockify/);
});

test('names the packages that apt does not know', () => {
  fake('dpkg-query', 'exit 1');
  fake('sudo', '[ "$1" = -n ] && shift; exec "$@"');
  fake('apt-get', 'case "$*" in *update*) exit 0;; *novnc*) exit 100;; esac');
  expect(installPackages(['yardstick'], false)).toMatch(/apt does not know these packages: novnc\n/);
});
