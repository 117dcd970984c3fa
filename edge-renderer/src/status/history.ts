/** Figures of one look at the running edge; null for what nobody measured then. */
export interface HistoryPoint {
  atMs: number;
  sessions: number;
  busyCores: number | null;
  /** Frames a second of the slowest playing session that draws at all, and of all together. */
  slowestFps: number | null;
  totalFps: number | null;
  /** Worst p95 among the sessions, ms: encoding, damage → sent, input → sent. */
  encodeP95Ms: number | null;
  frameP95Ms: number | null;
  inputP95Ms: number | null;
}

/** Ten minutes, one point a look. */
const MOST_POINTS = 200;

/** What the plots of the operator's page show: the last ten minutes. */
export class History {
  #points: HistoryPoint[] = [];

  add(point: HistoryPoint): void {
    this.#points.push(point);
    if (this.#points.length > MOST_POINTS) this.#points = this.#points.slice(-MOST_POINTS);
  }

  get points(): readonly HistoryPoint[] {
    return this.#points;
  }
}
