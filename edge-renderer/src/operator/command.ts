import type { EdgeConfig } from '../config.ts';
import { EdgeStatus } from '../status/edge-status.ts';
import { type OperatorDoor, readOperatorDoor } from './operator-door.ts';
import { statusTable } from './status-table.ts';

export const OPERATOR_COMMANDS = ['status', 'drain', 'resume'] as const;
export type OperatorCommand = (typeof OPERATOR_COMMANDS)[number];

export const isOperatorCommand = (word: string): word is OperatorCommand =>
  (OPERATOR_COMMANDS as readonly string[]).includes(word);

/** Why a command did not reach the edge; the message says what to do. */
export class OperatorError extends Error {}

const ANSWER_MS = 5_000;

/** Asks or tells the edge that runs on this machine; returns what to print. */
export async function operate(command: OperatorCommand, config: Pick<EdgeConfig, 'dataFolder'>): Promise<string> {
  const door = await readOperatorDoor(config.dataFolder);
  if (door === undefined)
    throw new OperatorError(
      `No edge has run with ${config.dataFolder}. Start one with "npm start", or set KILAT_DATA to the folder that the running edge uses.`,
    );
  if (command !== 'status') await ask(door, `/api/${command}`, 'POST');
  const status = EdgeStatus.parse(await ask(door, '/api/status', 'GET'));
  const page = `http://127.0.0.1:${door.port}/#${door.token}`;
  return `${statusTable(status)}\n\nThe same as a page, with plots (the address lets you drain and resume there; keep it to yourself):\n${page}`;
}

async function ask({ port, pid, token }: OperatorDoor, path: string, method: 'GET' | 'POST'): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
  } catch {
    throw new OperatorError(
      `The edge does not answer on port ${port}. It was process ${pid}; if that no longer runs, start it with "npm start".`,
    );
  }
  if (answer.status === 401)
    throw new OperatorError(
      `Port ${port} belongs to another edge than the one of this data folder. Set KILAT_DATA to the folder that edge uses.`,
    );
  if (!answer.ok) throw new OperatorError(`The edge answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
