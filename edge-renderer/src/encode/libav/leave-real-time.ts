import { spawnSync } from 'node:child_process';
import { EncoderError } from '../video-encoder.ts';

/**
 * Takes every thread of this process back to usual scheduling. In a process of root SVT-AV1 makes them all real-time
 * (SCHED_FIFO, 99), its caller's too: everything else on the machine would wait for them, and a title started from here
 * would inherit it, which its control group does not take. Throws `EncoderError`.
 */
export function leaveRealTime(): void {
  if (process.geteuid?.() !== 0) return;
  const { error, status } = spawnSync('chrt', ['--all-tasks', '--other', '--pid', '0', String(process.pid)]);
  if (error !== undefined || status !== 0)
    throw new EncoderError(
      'refused',
      'its threads would stay real-time: the program chrt (util-linux) does not work here',
    );
}
