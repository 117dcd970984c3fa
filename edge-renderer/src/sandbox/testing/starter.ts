import type { SandboxName, TitleRun } from '../sandbox.ts';
import { sandboxNamed } from '../sandboxes.ts';

// Starts a title as a session process does, and is there to be killed.
const { name, run } = JSON.parse(process.argv[2] ?? '') as { name: SandboxName; run: TitleRun };
await sandboxNamed(name).start(run, () => process.exit(0));
console.log('started');
setInterval(() => {}, 1000);
