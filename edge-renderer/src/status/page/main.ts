import { headline } from '../../operator/status-table.ts';
import type { EdgeStatus } from '../edge-status.ts';
import { byId, element, pairs, table } from './elements.ts';
import { clock, COST_COLUMNS, costRow, machineRows, SESSION_COLUMNS, sessionRow, slotRows } from './figures.ts';
import { Plots } from './plots.ts';

const ASK_EVERY_MS = 2_000;
const TOKEN_KEY = 'kilat-operator-token';
const MOST_TROUBLES = 8;

/** The token comes behind the address's "#", which no server sees, and stays in this tab. */
function operatorToken(): string | undefined {
  const given = location.hash.slice(1);
  if (given !== '') {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, '', '/');
  }
  return sessionStorage.getItem(TOKEN_KEY) ?? undefined;
}

const token = operatorToken();
const plots = new Plots(byId('plots'));
const drainButton = byId<HTMLButtonElement>('drain');
const note = byId('command-note');

function mood(status: EdgeStatus): 'good' | 'warn' | 'bad' {
  if (!status.worker.alive || !status.indexer.connected) return 'bad';
  return status.admission.open && status.drainingSinceMs === null ? 'good' : 'warn';
}

function show(status: EdgeStatus): void {
  byId('identity').textContent = `${status.edgeId.slice(0, 14)}…, ${status.provider}, ${status.region}`;
  byId('headline').textContent = headline(status).replace(/ "npm run edge -- resume".*$/, '');
  byId('state').dataset.mood = mood(status);
  showCommand(status.drainingSinceMs !== null);
  byId('sessions').replaceChildren(
    table(
      SESSION_COLUMNS,
      status.sessions.map(sessionRow),
      'No sessions. A player who launches a title shows up here.',
    ),
  );
  byId('machine').replaceChildren(...pairs(machineRows(status)));
  byId('slots').replaceChildren(...pairs(slotRows(status)));
  byId('costs').replaceChildren(
    table(COST_COLUMNS, status.costs.map(costRow), 'Learned while titles are played; nothing has been played yet.'),
  );
  byId('troubles').replaceChildren(...troubles(status));
  plots.show(status.history);
}

function troubles({ troubles: list }: EdgeStatus): Node[] {
  if (list.length === 0) {
    const none = element('p', 'Nothing went wrong lately.');
    none.className = 'empty';
    return [none];
  }
  const items = list.slice(0, MOST_TROUBLES).map(({ atMs, text }) => {
    const time = element('time', clock(atMs));
    time.dateTime = new Date(atMs).toISOString();
    return element('li', [time, element('span', text)]);
  });
  return [element('ol', items)];
}

function showCommand(isDraining: boolean): void {
  drainButton.hidden = token === undefined;
  drainButton.textContent = isDraining ? 'Resume' : 'Drain';
  drainButton.classList.toggle('go', isDraining);
  drainButton.dataset.command = isDraining ? 'resume' : 'drain';
  if (token === undefined)
    note.textContent = 'To drain or resume here, open the address that “npm run edge -- status” prints.';
}

async function command(): Promise<void> {
  drainButton.disabled = true;
  try {
    const answer = await fetch(`/api/${drainButton.dataset.command}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    note.textContent = answer.ok
      ? ''
      : answer.status === 401
        ? 'The edge was started anew since: open the address that “npm run edge -- status” prints now.'
        : `The edge did not do it: ${await answer.text()}`;
  } catch {
    note.textContent = 'The edge did not answer.';
  }
  drainButton.disabled = false;
  await ask();
}

async function ask(): Promise<void> {
  try {
    const answer = await fetch('/api/status');
    show((await answer.json()) as EdgeStatus);
  } catch {
    byId('state').dataset.mood = 'bad';
    byId('headline').textContent =
      'The edge does not answer. What is below is what it said last; this page shows it again as soon as it is back.';
    drainButton.hidden = true;
  }
}

drainButton.addEventListener('click', () => void command());
void ask();
setInterval(() => document.visibilityState === 'visible' && void ask(), ASK_EVERY_MS);
