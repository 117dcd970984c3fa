import { LINUX_KEY_CODES, type KeyCode } from '@kilat/shared/input/keys';
import { nextProbeState, type ProbeState } from '@kilat/shared/title/probe-code';
import type { Page } from 'playwright-core';

const KEYS: readonly KeyCode[] = [
  'KeyQ',
  'KeyW',
  'KeyE',
  'KeyR',
  'KeyA',
  'KeyS',
  'KeyD',
  'KeyF',
  'Digit1',
  'Digit2',
  'Space',
  'Enter',
  'ArrowLeft',
  'ArrowUp',
];

/** Presses keys drawn at random and gives the state the probe must then show: the keys are the nonce. */
export async function pressRandomKeys(page: Page, from: ProbeState, count: number, apartMs = 30): Promise<ProbeState> {
  let state = from;
  for (let press = 0; press < count; press++) {
    const key = KEYS[Math.floor(Math.random() * KEYS.length)] ?? 'Space';
    await page.keyboard.press(key, { delay: 10 });
    state = nextProbeState(state, LINUX_KEY_CODES[key]);
    await page.waitForTimeout(apartMs);
  }
  return state;
}
