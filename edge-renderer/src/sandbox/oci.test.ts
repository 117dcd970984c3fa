import { Oci } from './oci.ts';
import { sandboxContract } from './testing/sandbox-contract.ts';

await sandboxContract(new Oci());
