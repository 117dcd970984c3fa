import { z } from 'zod';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** How much a program writes to its log: that level and what is more urgent. */
export const LogLevel = z.enum(LOG_LEVELS, `is none of ${LOG_LEVELS.join(', ')}`);
export type LogLevel = z.infer<typeof LogLevel>;

/** A port to listen at; 0 lets the system choose. */
export const Port = z.coerce
  .number('is not a number')
  .int('is not a whole number')
  .min(0, 'is no port')
  .max(65_535, 'is no port: they end at 65535');

/** A program's settings that cannot be used; `message` names each with its value and its fault. */
export class BadSettings extends Error {
  constructor(faults: readonly string[]) {
    super(`These settings cannot be used: ${faults.join('; ')}.`);
    this.name = 'BadSettings';
  }
}

/**
 * Reads the variables that a program knows. An empty one is how a shell or a compose file leaves one out. Throws
 * `BadSettings`.
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: Record<string, string | undefined>,
): z.output<Schema> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return given[name] === undefined ? `${name}: ${message}` : `${name} (${given[name]}): ${message}`;
  });
  throw new BadSettings(faults);
}
