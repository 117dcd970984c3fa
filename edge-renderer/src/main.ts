import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { startEdge } from './edge.ts';

try {
  const { values } = parseArgs({ options: { indexer: { type: 'string' }, token: { type: 'string' } } });
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
