import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { startEdge } from './edge.ts';
import { isOperatorCommand, OPERATOR_COMMANDS, operate } from './operator/command.ts';

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { indexer: { type: 'string' }, token: { type: 'string' } },
  });
  const [command] = positionals;
  if (command !== undefined) {
    if (!isOperatorCommand(command) || positionals.length > 1)
      throw new Error(`The edge knows no "${positionals.join(' ')}", only ${OPERATOR_COMMANDS.join(', ')}.`);
    console.log(await operate(command, readConfig(process.env)));
    process.exit(0);
  }
  const given = {
    ...(values.indexer === undefined ? {} : { KILAT_INDEXER_URL: values.indexer }),
    ...(values.token === undefined ? {} : { KILAT_ENROLMENT_TOKEN: values.token }),
  };
  const edge = await startEdge(readConfig({ ...process.env, ...given }));
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void edge.close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
