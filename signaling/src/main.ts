import { readConfig } from './config.ts';
import { startIndexer } from './indexer.ts';
import { StartupProblem } from './startup-problem.ts';

try {
  const indexer = await startIndexer(readConfig(process.env, process.cwd()));
  const stop = (): void => {
    indexer.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Kilat did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`Kilat is at ${indexer.url}\n`);
} catch (error) {
  const plain = error instanceof StartupProblem ? error.message : `Kilat could not start: ${(error as Error).stack}`;
  process.stderr.write(`${plain}\n`);
  process.exitCode = 1;
}
