import type { Page } from 'playwright-core';

/** One gamepad as the browser would report it; `mapping` is the standard one unless told. */
export interface FakePad {
  id?: string;
  mapping?: string;
  axes?: number[];
  /** Pressed buttons of the standard mapping, and how far (1 unless told). */
  buttons?: Record<number, number>;
}

/** An effect a page has played on a pad. */
export interface PlayedEffect {
  pad: number;
  strongMagnitude: number;
  weakMagnitude: number;
  duration: number;
}

declare global {
  interface Window {
    fakePads: { pads: Record<number, FakePad>; effects: PlayedEffect[] };
  }
}

/** Gives the page's browser a gamepad API of its own, since a browser out of sight has no hardware. Before the first page. */
export async function fakeGamepads(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.fakePads = { pads: {}, effects: [] };
    const gamepad = (index: number) => {
      const pad = window.fakePads.pads[index];
      if (pad === undefined) return null;
      const { id = `Pad ${index} (STANDARD GAMEPAD Vendor: 045e Product: 028e)`, mapping = 'standard' } = pad;
      return {
        index,
        id,
        mapping,
        connected: true,
        timestamp: performance.now(),
        axes: pad.axes ?? [0, 0, 0, 0],
        buttons: Array.from({ length: 17 }, (_, place) => {
          const value = pad.buttons?.[place] ?? 0;
          return { value, pressed: value > 0.1, touched: value > 0 };
        }),
        vibrationActuator: {
          playEffect: async (_type: string, effect: Omit<PlayedEffect, 'pad'>) => {
            window.fakePads.effects.push({ pad: index, ...effect });
            return 'complete';
          },
          reset: async () => {
            window.fakePads.effects.push({ pad: index, strongMagnitude: 0, weakMagnitude: 0, duration: 0 });
            return 'complete';
          },
        },
      };
    };
    navigator.getGamepads = () => [0, 1, 2, 3, 4, 5].map(gamepad) as unknown as (Gamepad | null)[];
  });
}

/** Sets what a pad does, plugging it in where it is new; undefined pulls it out. */
export async function setPad(page: Page, index: number, pad: FakePad | undefined): Promise<void> {
  await page.evaluate(
    ([place, next]) => {
      const { pads } = window.fakePads;
      const before = pads[place];
      if (next === null) delete pads[place];
      else pads[place] = next;
      if ((before === undefined) === (next === null)) return;
      dispatchEvent(new Event(next === null ? 'gamepaddisconnected' : 'gamepadconnected'));
    },
    [index, pad ?? null] as const,
  );
}

/** Effects played so far. */
export const playedEffects = (page: Page): Promise<PlayedEffect[]> => page.evaluate(() => window.fakePads.effects);
