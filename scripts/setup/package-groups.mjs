/**
 * System packages by what they are for. `command` is a program of the package (or an absolute path), looked for where
 * there is no Debian package database; a package with `instead` is not needed where one of those programs exists.
 * @typedef {{ name: string, command?: string, instead?: readonly string[] }} SystemPackage
 * @typedef {'play' | 'native' | 'worker' | 'browser' | 'gpu' | 'drawing' | 'network' | 'yardstick' | 'density'} GroupName
 */

/** Browsers that the tests can drive, the best first; `KILAT_CHROMIUM` names another. */
export const BROWSERS = [process.env.KILAT_CHROMIUM ?? '', 'chromium', 'google-chrome', 'chromium-browser'];

/** @type {Record<GroupName, { why: string, packages: readonly SystemPackage[] }>} */
export const PACKAGE_GROUPS = {
  play: {
    why: 'to run games out of sight and shut in, with picture and sound, and Freedoom as the first one',
    packages: [
      { name: 'xvfb', command: 'Xvfb' },
      { name: 'x11-xkb-utils', command: 'xkbcomp' },
      { name: 'xkb-data' },
      { name: 'libgl1-mesa-dri' },
      { name: 'pulseaudio', command: 'pulseaudio' },
      { name: 'bubblewrap', command: 'bwrap' },
      { name: 'dsda-doom', command: 'dsda-doom' },
      { name: 'freedoom', command: '/usr/share/games/doom/freedoom1.wad' },
    ],
  },
  native: {
    why: 'to build the small parts that hand gamepads to games and keep their pace',
    packages: [
      { name: 'gcc', command: 'gcc' },
      { name: 'libc6-dev', command: '/usr/include/stdlib.h' },
      { name: 'linux-libc-dev', command: '/usr/include/linux/uinput.h' },
    ],
  },
  worker: {
    why: 'to build the media worker (mediasoup) from its sources, because its prebuilt binary cannot be had here',
    packages: [
      { name: 'g++', command: 'g++' },
      { name: 'make', command: 'make' },
      { name: 'pkg-config', command: 'pkg-config' },
      { name: 'flatbuffers-compiler', command: 'flatc' },
      { name: 'libflatbuffers-dev' },
      { name: 'libuv1-dev' },
      { name: 'libssl-dev' },
      { name: 'libsrtp2-dev' },
      { name: 'libabsl-dev' },
    ],
  },
  browser: {
    why: 'to test in a real browser',
    packages: [{ name: 'chromium', command: 'chromium', instead: BROWSERS }, { name: 'fonts-dejavu-core' }],
  },
  gpu: {
    why: "to test the GPU's display path (Xorg), with a driver that needs no GPU",
    packages: [
      { name: 'xserver-xorg-core', command: 'Xorg' },
      { name: 'xserver-xorg-video-dummy', command: '/usr/lib/xorg/modules/drivers/dummy_drv.so' },
    ],
  },
  drawing: {
    why: "to find out who draws games' OpenGL",
    packages: [{ name: 'mesa-utils', command: 'glxinfo' }],
  },
  network: {
    why: 'to test games that may reach single hosts of the Internet',
    packages: [{ name: 'iproute2', command: 'ip' }],
  },
  yardstick: {
    why: 'to measure TigerVNC with noVNC beside Kilat',
    packages: [
      { name: 'tigervnc-standalone-server', command: 'Xtigervnc' },
      { name: 'novnc', command: '/usr/share/novnc' },
      { name: 'websockify', command: 'websockify' },
    ],
  },
  density: {
    why: 'to measure several sessions of a light game (Mr. Boom) on one machine',
    packages: [{ name: 'mrboom', command: '/usr/games/mrboom' }],
  },
};
