import { expect, test } from 'vitest';
import { chooseSandbox, SandboxUnavailableError } from './choose.ts';
import { sandboxNamed } from './sandboxes.ts';
import { machineAllowance } from './limits.ts';
import { SANDBOX_NAMES } from './sandbox.ts';

test('every name has its sandbox', () => {
  expect(SANDBOX_NAMES.map((name) => sandboxNamed(name).name)).toEqual([...SANDBOX_NAMES]);
});

test('inside a pod the pod’s isolation is taken, elsewhere it is refused', async () => {
  expect(await chooseSandbox('auto', machineAllowance(), true)).toMatchObject({ name: 'pod' });
  await expect(chooseSandbox('pod', machineAllowance(), false)).rejects.toThrow(SandboxUnavailableError);
});

test('none is taken when it is asked for, and is not called a fallback then', async () => {
  expect(await chooseSandbox('none', machineAllowance(), false)).toMatchObject({ name: 'none', noneWorks: undefined });
});
