import type { XEvent } from 'x11';
import type { XConnection } from './x-connection.ts';

/** XDAMAGE report level NonEmpty: one event when a clean screen becomes damaged, then silence until `subtract`. */
const NON_EMPTY = 3;

/** Says when anything on the screen changed (X DAMAGE on the root window). */
export class DamageWatch {
  readonly #subtract: () => void;

  private constructor(subtract: () => void) {
    this.#subtract = subtract;
  }

  static async start(x: XConnection, onDamage: () => void): Promise<DamageWatch> {
    const damage = await x.extension('damage');
    const id = x.client.AllocID();
    damage.Create(id, x.root, NON_EMPTY);
    x.client.on('event', (event: XEvent) => {
      if (event.name === 'DamageNotify') onDamage();
    });
    return new DamageWatch(() => damage.Subtract(id, 0, 0));
  }

  /** Calls the screen clean; every later change is reported again. */
  subtract(): void {
    this.#subtract();
  }
}
