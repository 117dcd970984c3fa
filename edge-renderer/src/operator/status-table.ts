import type { EdgeStatus, SessionStatus } from '../status/edge-status.ts';

/** The status as plain text: what matters first, then sessions, warm slots and the last troubles. */
export function statusTable(status: EdgeStatus): string {
  return [headline(status), '', facts(status), '', sessions(status), ...warm(status), ...troubles(status)].join('\n');
}

/** One sentence: does this edge take sessions, and if not, why. */
export function headline(status: EdgeStatus): string {
  const playing = status.sessions.filter(({ state }) => state !== 'ended').length;
  const now = `${playing} of ${status.slots.count} slots in use`;
  if (!status.worker.alive) return `The media worker is down and is being started again; ${now}.`;
  if (status.drainingSinceMs !== null) {
    const since = `since ${clock(status.drainingSinceMs)}`;
    return playing === 0
      ? `Drained ${since}: nothing runs here, the machine may be taken away. "npm run edge -- resume" takes sessions again.`
      : `Draining ${since}: no new sessions, ${playing} still running. "npm run edge -- resume" takes sessions again.`;
  }
  if (!status.indexer.connected)
    return `Not connected to the Indexer at ${status.indexer.url}; running sessions go on, new ones cannot come. ${now}.`;
  if (status.slots.free === 0) return `Full: ${now}.`;
  if (!status.admission.open) return `Full: ${now}; ${status.admission.why}.`;
  return `Taking sessions: ${now}.`;
}

function facts({
  machine,
  encoder,
  drawnBy,
  edgeId,
  provider,
  region,
  upSinceMs,
  admission,
  atMs,
}: EdgeStatus): string {
  const rows: [string, string][] = [
    ['edge', `${edgeId.slice(0, 14)}…, ${provider}, ${region}, up ${duration(atMs - upSinceMs)}`],
    [
      'processor',
      `${cores(machine.busyCores)} of ${machine.cores} cores busy, ${cores(machine.otherCores)} by other programs (${machine.cpu})`,
    ],
    ['memory', `${gigabytes(machine.memoryAvailableMb)} of ${gigabytes(machine.memoryMb)} free`],
    ['encoder', encoder],
    ['OpenGL', `drawn by ${drawnBy}`],
    ...machine.gpus.map(({ name, busyPercent, celsius }): [string, string] => [
      'GPU',
      [name, busyPercent === null ? '' : `${busyPercent} % busy`, celsius === null ? '' : `${celsius} °C`]
        .filter((word) => word !== '')
        .join(', '),
    ]),
    ...machine.temperatures.map(({ sensor, celsius }): [string, string] => [sensor, `${celsius.toFixed(1)} °C`]),
  ];
  if (admission.lastRefusal !== null)
    rows.push(['last refusal', `${clock(admission.lastRefusal.atMs)}: ${admission.lastRefusal.detail}`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

const HEADINGS = ['session', 'title', 'state', 'fps', 'input → sent', 'encode', 'cores', 'memory', 'late', 'dropped'];

function sessions({ sessions }: EdgeStatus): string {
  if (sessions.length === 0) return 'No sessions.';
  return table([HEADINGS, ...sessions.map(sessionRow)]);
}

function sessionRow(session: SessionStatus): string[] {
  const { cores: used, memoryMb } = session;
  const spread = (values: SessionStatus['encodeMs']) =>
    values === null ? '–' : `${values.p50.toFixed(1)} / ${values.p95.toFixed(1)} ms`;
  return [
    session.sessionId.slice(0, 8),
    session.titleName,
    session.state,
    session.fps.toFixed(0),
    spread(session.inputMs),
    spread(session.encodeMs),
    cores(used === null ? null : used.session + used.game + used.display + used.sound),
    memoryMb === null ? '–' : `${memoryMb.toFixed(0)} MB`,
    String(session.late),
    String(session.dropped),
  ];
}

function warm({ warm }: EdgeStatus): string[] {
  if (warm.length === 0) return [];
  const rows = warm.map(({ titleId, wanted, ready, warming }) => [
    titleId,
    `${ready} of ${wanted} ready${warming > 0 ? `, ${warming} warming up` : ''}`,
  ]);
  return ['', table([['kept warm', ''], ...rows])];
}

function troubles({ troubles }: EdgeStatus): string[] {
  if (troubles.length === 0) return ['', 'Nothing went wrong lately.'];
  return ['', 'Last troubles', ...troubles.slice(0, 5).map(({ atMs, text }) => `  ${clock(atMs)}  ${text}`)];
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const cores = (value: number | null): string => (value === null ? '–' : value.toFixed(2));
const gigabytes = (mb: number | null): string => (mb === null ? '–' : `${(mb / 1024).toFixed(1)} GB`);
const clock = (atMs: number): string => new Date(atMs).toTimeString().slice(0, 8);

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  return minutes < 60 * 48 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 1440)} days`;
}
