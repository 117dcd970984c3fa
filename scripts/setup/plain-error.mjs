/** Something a person has to act on; its message is shown as it is, without a stack. */
export class PlainError extends Error {}

/**
 * Runs a program's main function; a `PlainError` becomes its sentence and exit status 1.
 * @param {() => Promise<number>} main gives the exit status
 */
export async function runProgram(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof PlainError ? `\n${error.message}\n` : error);
    process.exitCode = 1;
  }
}
