import { Pod } from './pod.ts';
import { sandboxContract } from './testing/sandbox-contract.ts';

// Host, network and system calls are Kubernetes' to guard.
await sandboxContract(new Pod(), { label: 'pod (limits, home and end alone)', guards: ['limits'] });
