/**
 * Words before a title's command that make a shell its namespace's first process: its end ends the namespace. It hands
 * SIGTERM on, which the kernel keeps from a first process without a handler, and exits with the title's status.
 */
export const FIRST_PROCESS = [
  '/bin/sh',
  '-c',
  'trap \'kill -TERM "$title"\' TERM; "$@" & title=$!; wait "$title"; status=$?; ' +
    'if kill -0 "$title" 2>/dev/null; then wait "$title"; status=$?; fi; exit "$status"',
  'sh',
];
