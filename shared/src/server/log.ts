import { type Logger, pino } from 'pino';

/**
 * A program's log: one JSON line each to standard output. Goes through `process.stdout`: pino's own writer never returns
 * from its last flush when whoever read the output has died, and the program would outlive its supervisor.
 */
export function serverLog(level: string, program: string): Logger {
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {});
  return pino({ level, base: { program } }, process.stdout);
}
