import type { InputEvent } from '@kilat/shared/input/events';
import { isPadAtRest, MAX_PADS, PAD_AT_REST, type PadState, samePadState } from '@kilat/shared/input/gamepad';
import { GamepadPlaces } from './gamepad-places.ts';
import { readPad } from './gamepad-reading.ts';
import { type Actuator, GamepadRumble, type Rumble } from './gamepad-rumble.ts';

export interface GamepadInputOptions {
  /** False for a title that takes no gamepads: they are named, but not read. */
  takesThem: boolean;
  /** Takes each event; `atMs` is the time of the pad's change on `performance.now()`. */
  send(event: InputEvent, atMs: number): void;
  /** Pads came or went. */
  onChange(): void;
}

/** The player's gamepads as the menu names them. */
export interface GamepadFacts {
  /** Their names, the title's first pad first. */
  playing: readonly string[];
  /** Names of pads whose buttons the browser does not know, so that they cannot be used. */
  unknown: readonly string[];
}

export const NO_GAMEPADS: GamepadFacts = { playing: [], unknown: [] };

/** The player's gamepads, read once a frame for as long as input is enabled and the page has the focus. */
export class GamepadInput {
  readonly #options: GamepadInputOptions;
  readonly #places = new GamepadPlaces();
  readonly #rumble = new GamepadRumble((pad) => this.#actuatorOf(pad));
  readonly #listening = new AbortController();
  /** What the edge was told of each pad; undefined: that there is none. */
  readonly #told: (PadState | undefined)[] = Array.from({ length: MAX_PADS }, () => undefined);
  #facts = NO_GAMEPADS;
  #enabled = false;
  #frame: number | undefined;

  constructor(options: GamepadInputOptions) {
    this.#options = options;
    const { signal } = this.#listening;
    addEventListener('gamepadconnected', () => this.#look(), { signal });
    addEventListener('gamepaddisconnected', () => this.#look(), { signal });
    addEventListener('blur', () => this.#letGo(), { signal });
    this.#look();
  }

  get facts(): GamepadFacts {
    return this.#facts;
  }

  setEnabled(enabled: boolean): void {
    if (this.#enabled === enabled) return;
    this.#enabled = enabled;
    if (!enabled) {
      this.#letGo();
      this.#rumble.stop(MAX_PADS);
    }
    this.#readWhileNeeded();
  }

  /** A new connection has been told nothing; on the edge, pads are plugged in still and at rest. */
  connectionReplaced(): void {
    this.#told.forEach((told, pad) => {
      if (told !== undefined && !isPadAtRest(told)) this.#told[pad] = PAD_AT_REST;
    });
    this.#look();
  }

  rumble(rumble: Rumble): void {
    if (this.#enabled && document.hasFocus()) this.#rumble.play(rumble);
  }

  close(): void {
    this.setEnabled(false);
    this.#listening.abort();
  }

  /** Who is there; new pads are told of with their first state. */
  #look(): void {
    const connected = gamepads();
    const nowMs = performance.now();
    for (const pad of this.#places.update(connected)) this.#unplug(pad, nowMs);
    const named = (wanted: boolean) =>
      connected.filter(({ index }) => (this.#places.padOf(index) !== undefined) === wanted);
    this.#facts = {
      playing: named(true)
        .sort((a, b) => (this.#places.padOf(a.index) ?? 0) - (this.#places.padOf(b.index) ?? 0))
        .map(({ id }) => padName(id)),
      unknown: named(false)
        .filter(({ mapping }) => mapping !== 'standard')
        .map(({ id }) => padName(id)),
    };
    this.#readWhileNeeded();
    this.#options.onChange();
  }

  #readWhileNeeded(): void {
    const needed = this.#enabled && this.#options.takesThem && this.#facts.playing.length > 0;
    if (needed) this.#frame ??= requestAnimationFrame(() => this.#read());
    else if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
      this.#frame = undefined;
    }
  }

  #read(): void {
    this.#frame = undefined;
    if (document.hasFocus()) {
      for (const gamepad of gamepads()) {
        const pad = this.#places.padOf(gamepad.index);
        if (pad !== undefined) this.#tell(pad, readPad(gamepad, this.#told[pad]), gamepad.timestamp);
      }
    }
    this.#readWhileNeeded();
  }

  #tell(pad: number, state: PadState, atMs: number): void {
    const told = this.#told[pad];
    if (told !== undefined && samePadState(told, state)) return;
    this.#told[pad] = state;
    this.#options.send({ type: 'gamepad', pad, state }, changedAtMs(atMs));
  }

  #unplug(pad: number, nowMs: number): void {
    if (this.#told[pad] === undefined) return;
    this.#told[pad] = undefined;
    this.#options.send({ type: 'gamepad-unplugged', pad }, nowMs);
  }

  #letGo(): void {
    this.#told.forEach((told, pad) => {
      if (told !== undefined) this.#tell(pad, PAD_AT_REST, performance.now());
    });
  }

  #actuatorOf(pad: number): Actuator | null | undefined {
    const index = this.#places.indexOf(pad);
    return gamepads().find((gamepad) => gamepad.index === index)?.vibrationActuator as Actuator | null | undefined;
  }
}

/** Browsers give the pad's own time on the page's clock; one that lies does not make inputs of another hour. */
function changedAtMs(timestamp: number): number {
  const nowMs = performance.now();
  return timestamp > nowMs - 100 && timestamp <= nowMs ? timestamp : nowMs;
}

/** Connected gamepads; none where the browser keeps them back (insecure origin, policy). */
export function gamepads(): Gamepad[] {
  try {
    return (navigator.getGamepads?.() ?? []).filter((gamepad): gamepad is Gamepad => gamepad?.connected === true);
  } catch {
    return [];
  }
}

/** "Xbox 360 Controller (STANDARD GAMEPAD Vendor: 045e Product: 028e)" → "Xbox 360 Controller"; Firefox: "045e-028e-Xbox 360 Controller". */
export function padName(id: string): string {
  const name = id
    .replace(/\s*\((?:STANDARD GAMEPAD|Vendor:).*\)\s*$/i, '')
    .replace(/^[0-9a-f]{1,4}-[0-9a-f]{1,4}-/i, '')
    .trim();
  return name === '' ? 'Gamepad' : name.slice(0, 60);
}
