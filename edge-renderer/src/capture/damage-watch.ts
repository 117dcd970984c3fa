import type { Damage, Fixes, XEvent } from 'x11';
import { type RowRun, rowRuns } from './row-runs.ts';
import type { XConnection } from './x-connection.ts';

/**
 * XDAMAGE's report levels. NonEmpty: one event when a clean screen becomes damaged, then silence until `gather`; BoundingBox:
 * one more each time the box around the damage has grown.
 */
const [BOUNDING_BOX, NON_EMPTY] = [2, 3];
/**
 * A driver that copies pictures to the screen through memory of this size (NVIDIA's GLX, bytes) needs several copies for a
 * larger one.
 */
const COPY_BYTES = 4 * 2 ** 20;
const NO_REGION = 0;

/** Says when anything on the screen changed (X DAMAGE on the root window), and which rows. */
export class DamageWatch {
  readonly #x: XConnection;
  readonly #damage: Damage;
  readonly #fixes: Fixes;
  readonly #id: number;
  /** Regions on the server: what the last `gather` found, and everything since the last `take`. */
  readonly #latest: number;
  readonly #all: number;

  private constructor(x: XConnection, damage: Damage, fixes: Fixes) {
    this.#x = x;
    this.#damage = damage;
    this.#fixes = fixes;
    [this.#id, this.#latest, this.#all] = [x.client.AllocID(), x.client.AllocID(), x.client.AllocID()];
    fixes.CreateRegion(this.#latest, []);
    fixes.CreateRegion(this.#all, [{ x: 0, y: 0, width: x.width, height: x.height }]);
    damage.Create(this.#id, x.root, x.width * x.height * 4 > COPY_BYTES ? BOUNDING_BOX : NON_EMPTY);
  }

  /** `onDamage` hears whether what changed looks like a part of a picture that is being copied, the rest yet to come. */
  static async start(x: XConnection, onDamage: (isPart: boolean) => void): Promise<DamageWatch> {
    const [damage, fixes] = await Promise.all([x.extension('damage'), x.extension('fixes')]);
    const watch = new DamageWatch(x, damage, fixes);
    x.client.on('event', (event: XEvent) => {
      if (event.name === 'DamageNotify' && event.damage === watch.#id) onDamage(isPartOfPicture(event.area as Box, x));
    });
    return watch;
  }

  /** Calls the screen clean, so that every later change is reported again; what changed before is remembered. */
  gather(): void {
    this.#damage.Subtract(this.#id, NO_REGION, this.#latest);
    this.#fixes.UnionRegion(this.#latest, this.#all, this.#all);
  }

  /**
   * The rows that changed since the last call (at first, all). Its reply is a barrier: when it is there, the server has
   * handled, and its framebuffer shows, everything that was drawn before.
   */
  take(): Promise<RowRun[]> {
    this.gather();
    return new Promise((resolve, reject) => {
      this.#fixes.FetchRegion(this.#all, (error, region) => {
        if (error) reject(error);
        else resolve(rowRuns(region.rectangles, this.#x.height));
      });
      this.#fixes.SetRegion(this.#all, []);
    });
  }
}

interface Box {
  y: number;
  w: number;
  h: number;
}

/** Copies go from the top to the bottom, each as wide as the screen. At level NonEmpty every box is the whole screen. */
const isPartOfPicture = ({ y, w, h }: Box, { width, height }: XConnection) => w === width && y + h < height;
