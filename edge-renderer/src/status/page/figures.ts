import type { EdgeStatus, SessionStatus } from '../edge-status.ts';
import type { Column } from './elements.ts';

export const SESSION_COLUMNS: readonly Column[] = [
  { name: 'title' },
  { name: 'state' },
  { name: 'fps', number: true },
  { name: 'input → sent, p50 / p95', number: true },
  { name: 'encode, p50 / p95', number: true },
  { name: 'cores', number: true },
  { name: 'of them game', number: true },
  { name: 'memory', number: true },
  { name: 'late', number: true },
  { name: 'dropped', number: true },
  { name: 'session' },
];

export const COST_COLUMNS: readonly Column[] = [
  { name: 'title' },
  { name: 'cores', number: true },
  { name: 'memory', number: true },
];

const STATES: Record<SessionStatus['state'], string> = {
  starting: 'starting',
  playing: 'playing',
  held: 'waiting for its player',
  ended: 'ending',
};

export function sessionRow(session: SessionStatus): string[] {
  const { cores } = session;
  return [
    session.titleName,
    STATES[session.state],
    session.fps.toFixed(0),
    spread(session.inputMs),
    spread(session.encodeMs),
    amount(cores && cores.session + cores.game + cores.display + cores.sound, '', 2),
    amount(cores?.game ?? null, '', 2),
    amount(session.memoryMb, ' MB'),
    String(session.late),
    String(session.dropped),
    session.sessionId.slice(0, 8),
  ];
}

export function machineRows({ machine, encoder, drawnBy }: EdgeStatus): [string, string][] {
  return [
    ['processor', `${amount(machine.busyCores, '', 2)} of ${machine.cores} cores busy`],
    ['other programs', `${amount(machine.otherCores, '', 2)} cores`],
    ['model', machine.cpu],
    [
      'memory',
      `${amount(inGb(machine.memoryAvailableMb), ' GB', 1)} of ${amount(inGb(machine.memoryMb), ' GB', 1)} free`,
    ],
    ['encoder', encoder],
    ['OpenGL', `drawn by ${drawnBy}`],
    ...machine.gpus.map(({ name, busyPercent, memoryUsedMb, celsius }): [string, string] => [
      'GPU',
      [name, amount(busyPercent, ' % busy'), amount(inGb(memoryUsedMb), ' GB used', 1), amount(celsius, ' °C')]
        .filter((words) => words !== '–')
        .join(', '),
    ]),
    ...(machine.temperatures.length === 0
      ? [['temperatures', 'none can be read on this machine'] as [string, string]]
      : machine.temperatures.map(({ sensor, celsius }): [string, string] => [sensor, amount(celsius, ' °C', 1)])),
  ];
}

export function slotRows({ slots, warm, admission, drainingSinceMs }: EdgeStatus): [string, string][] {
  return [
    ['in use', `${slots.count - slots.free} of ${slots.count}`],
    ...warm.map(({ titleId, wanted, ready, warming }): [string, string] => [
      titleId,
      `${ready} of ${wanted} ready${warming > 0 ? `, ${warming} warming up` : ''}`,
    ]),
    ['one more session', drainingSinceMs !== null ? 'is not taken while draining' : roomIn({ slots, admission })],
    ['measured', admission.by === 'measured' ? 'yes' : 'no: only the number of slots counts'],
    [
      'last refusal',
      admission.lastRefusal === null ? 'none' : `${clock(admission.lastRefusal.atMs)}: ${admission.lastRefusal.detail}`,
    ],
  ];
}

function roomIn({ slots, admission }: Pick<EdgeStatus, 'slots' | 'admission'>): string {
  if (slots.free === 0) return 'has no slot';
  return admission.why ?? 'fits';
}

export const costRow = ({ titleId, cores, memoryMb }: EdgeStatus['costs'][number]): string[] => [
  titleId,
  amount(cores, '', 2),
  amount(memoryMb, ' MB'),
];

export const clock = (atMs: number): string => new Date(atMs).toTimeString().slice(0, 8);

const inGb = (mb: number | null): number | null => mb && mb / 1024;

function amount(value: number | null, unit: string, digits = 0): string {
  return value === null ? '–' : `${value.toFixed(digits)}${unit}`;
}

function spread(values: SessionStatus['inputMs']): string {
  return values === null ? '–' : `${values.p50.toFixed(1)} / ${values.p95.toFixed(1)} ms`;
}
