import { PlainError } from '../setup/plain-error.mjs';

/**
 * The port a variable names, or the usual one where it is empty or not set; 0 lets the system choose.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} variable
 * @param {number} usual
 * @returns {number}
 */
export function portSetting(env, variable, usual) {
  const text = env[variable] || String(usual);
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new PlainError(
    `${variable}=${text} is no port. Set it to a whole number up to 65535, or leave it out for ${usual}.`,
  );
}
