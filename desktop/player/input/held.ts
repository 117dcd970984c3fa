import type { InputEvent } from '@kilat/shared/input/events';

/** macOS reports no release of a key that was held together with Command (Linux codes 125, 126). */
const COMMAND_KEYS: ReadonlySet<number> = new Set([125, 126]);
/** Shift, Control, Alt: their releases are always reported. */
const MODIFIER_KEYS: ReadonlySet<number> = new Set([29, 42, 54, 56, 97, 100]);

/** Keys and buttons the player holds, as the edge believes; turns presses and releases into events worth sending. */
export class Held {
  readonly #keys = new Set<number>();
  readonly #buttons = new Set<number>();

  keyDown(key: number): InputEvent[] {
    if (this.#keys.has(key)) return [];
    this.#keys.add(key);
    return [{ type: 'key-down', key }];
  }

  /** A release without a press (it began elsewhere) is not sent. */
  keyUp(key: number): InputEvent[] {
    if (!this.#keys.delete(key)) return [];
    const released = [key];
    if (COMMAND_KEYS.has(key))
      released.push(...[...this.#keys].filter((other) => !MODIFIER_KEYS.has(other) && !COMMAND_KEYS.has(other)));
    for (const other of released) this.#keys.delete(other);
    return released.map((code) => ({ type: 'key-up', key: code }));
  }

  buttonDown(button: number): InputEvent[] {
    if (this.#buttons.has(button) || button > 4) return [];
    this.#buttons.add(button);
    return [{ type: 'button-down', button }];
  }

  buttonUp(button: number): InputEvent[] {
    return this.#buttons.delete(button) ? [{ type: 'button-up', button }] : [];
  }

  /** Lets everything go; nothing to send when nothing is held. */
  releaseAll(): InputEvent[] {
    const held = this.#keys.size + this.#buttons.size;
    this.forget();
    return held > 0 ? [{ type: 'release-all' }] : [];
  }

  /** After a new connection: the edge has let everything go by itself. */
  forget(): void {
    this.#keys.clear();
    this.#buttons.clear();
  }
}
