/**
 * What the steps of a set-up work for and with. `node` and `env` change once the right Node is there.
 * @typedef {object} SetUp
 * @property {readonly import('./package-groups.mjs').GroupName[]} groups system packages that are wanted
 * @property {string} node the Node binary that runs Kilat
 * @property {NodeJS.ProcessEnv} env for every program Kilat starts: Node first in PATH, the media worker's place
 */

/**
 * One thing a set-up sees to. `missing` answers within a moment and changes nothing; `install` is called only when it
 * gave a reason, and reports how far it is.
 * @typedef {object} Step
 * @property {(setUp: SetUp) => Promise<string | undefined>} missing why the step is needed, as a title of the work
 * @property {(setUp: SetUp, report: (detail: string) => void) => Promise<void>} install
 */

export {};
