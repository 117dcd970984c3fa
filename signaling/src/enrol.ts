import { join } from 'node:path';
import { readConfig } from './config.ts';
import { newEnrolmentToken } from './identity/enrolment-token.ts';
import { readOrCreateSecret } from './identity/secret.ts';
import { StartupProblem } from './startup-problem.ts';

// Prints a token for one further edge: npm run edge -- --indexer URL --token T
try {
  if (process.argv.length > 2) {
    console.log('Usage: npm run enrol\nPrints a token with which one further edge may join this Kilat.');
    process.exit(process.argv.includes('--help') ? 0 : 1);
  }
  const { dataFolder } = readConfig(process.env, process.cwd());
  const secret = await readOrCreateSecret(join(dataFolder, 'indexer', 'secret'));
  process.stdout.write(`${await newEnrolmentToken(secret)}\n`);
} catch (error) {
  const problem =
    error instanceof StartupProblem ? error.message : `No token could be made: ${(error as Error).message}`;
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
