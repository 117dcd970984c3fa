import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { startEdge } from './edge.ts';
import { isOperatorCommand, OPERATOR_COMMANDS, operate } from './operator/command.ts';

const USAGE = `npm run edge -- [--indexer URL] [--token TOKEN]   starts an edge
npm run edge -- ${OPERATOR_COMMANDS.join(' | ')}      speaks with the one that runs here
The README names its settings, KILAT_EDGE_… of the environment.`;

try {
  const { values, positionals } = commandLine();
  if (values.help === true) {
    console.log(USAGE);
    process.exit(0);
  }
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

function commandLine() {
  const options = {
    indexer: { type: 'string' },
    token: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}
