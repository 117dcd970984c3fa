import { writeFileSync } from 'node:fs';
import { emptyTally } from './tally.mjs';

/** Vitest reporter that writes a `Tally` into the file named by `KILAT_TALLY`. A test skips with its reason by `context.skip(reason)`. */
export default class TallyReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} strayErrors
   */
  onTestRunEnd(modules, strayErrors) {
    const tally = emptyTally();
    tally.failed += strayErrors.length;
    for (const module of modules) {
      // A file that cannot be loaded, or a failing hook, is a failure of its own.
      tally.failed += module.errors().length;
      for (const suite of module.children.allSuites()) tally.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') tally.passed += 1;
        else if (result.state === 'failed') tally.failed += 1;
        else if (result.state === 'skipped')
          tally.skipped.push({ name: test.fullName, reason: result.note ?? 'no reason given' });
        else tally.failed += 1;
      }
    }
    if (process.env.KILAT_TALLY) writeFileSync(process.env.KILAT_TALLY, JSON.stringify(tally));
  }
}
