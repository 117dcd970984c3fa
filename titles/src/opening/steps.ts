import { KeyCode } from '@kilat/shared/input/keys';

/** A key to press, `afterMs` after the one before it; the first counts from when the program's window appeared. */
export interface Press {
  afterMs: number;
  key: KeyCode;
}

/** Reads `900:Enter`. Throws a sentence about what is wrong. */
export function parsePress(text: string): Press {
  const [, afterMs, name] = /^(\d{1,5}):(\w+)$/.exec(text) ?? [];
  const key = KeyCode.safeParse(name);
  if (afterMs === undefined || !key.success)
    throw new Error(`"${text}" is not <milliseconds>:<key code>, such as 900:Enter`);
  return { afterMs: Number(afterMs), key: key.data };
}
