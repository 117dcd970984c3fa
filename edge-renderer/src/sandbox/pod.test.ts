import { Pod } from './pod.ts';
import { sandboxContract } from './testing/sandbox-contract.ts';

// Host, network and system calls are Kubernetes' to guard.
await sandboxContract(new Pod(), {
  label: 'pod (other sessions, limits and end alone)',
  guards: ['sessions', 'limits', 'end'],
  seesHost: true,
});
