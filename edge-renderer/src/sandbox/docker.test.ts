import { Docker } from './docker.ts';
import { sandboxContract } from './testing/sandbox-contract.ts';

await sandboxContract(new Docker());
