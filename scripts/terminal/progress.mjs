/** A spinner on a terminal, plain lines elsewhere; on standard error, since standard output is for results. */
const screen = process.stderr;
const terminal = screen.isTTY === true && process.env.TERM !== 'dumb';
const CLEAR_LINE = terminal ? '\r\x1b[2K' : '';
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** A step that lasts longer is announced before its end, and again this often where there is no spinner, ms. */
const ANNOUNCE_MS = 2_000;
const REMIND_MS = 15_000;

/**
 * One line for the person who watches, also while a spinner turns.
 * @param {string} sentence
 */
export function say(sentence) {
  screen.write(`${CLEAR_LINE}  ${sentence}\n`);
}

/**
 * @param {number} ms
 * @returns {string} `0.4 s`, `12 s` or `4 min 22 s`
 */
export function elapsedText(ms) {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Shows one line for a piece of work, with the time it takes; `work` may report how far it is, and `judge` what came out.
 * @template T
 * @param {string} title
 * @param {(report: (detail: string) => void) => Promise<T>} work
 * @param {(result: T) => { good: boolean, text: string }} [judge]
 * @returns {Promise<T>}
 */
export async function showProgress(title, work, judge = () => ({ good: true, text: '' })) {
  const startedAt = Date.now();
  let detail = '';
  let frame = 0;
  let nextLineAt = startedAt + ANNOUNCE_MS;
  const line = () => `${title}${detail === '' ? '' : `: ${detail}`} (${elapsedText(Date.now() - startedAt)})`;
  const timer = setInterval(
    () => {
      if (terminal) {
        frame = (frame + 1) % FRAMES.length;
        screen.write(`${CLEAR_LINE}  ${FRAMES[frame]} ${line().slice(0, Math.max(20, screen.columns - 5))}`);
      } else if (Date.now() >= nextLineAt) {
        nextLineAt = Date.now() + REMIND_MS;
        say(`… ${line()}`);
      }
    },
    terminal ? 100 : 500,
  );
  const finish = (/** @type {{ good: boolean, text: string }} */ { good, text }) => {
    clearInterval(timer);
    say(`${good ? '✓' : '✗'} ${title}${text && `: ${text}`} (${elapsedText(Date.now() - startedAt)})`);
  };
  try {
    const result = await work((text) => {
      detail = text;
    });
    finish(judge(result));
    return result;
  } catch (error) {
    finish({ good: false, text: '' });
    throw error;
  }
}
