import { Bubblewrap } from './bubblewrap.ts';
import { isPrivileged } from './privileges.ts';
import { sandboxContract } from './testing/sandbox-contract.ts';

await sandboxContract(new Bubblewrap());
// As an edge that is not root runs it.
if (isPrivileged())
  await sandboxContract(new Bubblewrap({ ownUid: false }), { label: 'bubblewrap in a user namespace' });
