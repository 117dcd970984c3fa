import { Podman } from './podman.ts';
import { sandboxContract } from './testing/sandbox-contract.ts';

await sandboxContract(new Podman());
