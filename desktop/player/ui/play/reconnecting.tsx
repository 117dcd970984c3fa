import { Button } from '../controls/button.tsx';
import { secondsUntil } from '../figures.ts';
import { useNow } from '../use-session.ts';
import styles from './reconnecting.module.css';

interface ReconnectingProps {
  /** Until when the edge keeps the game, on `performance.now()`; undefined while not known. */
  heldUntilMs: number | undefined;
  onLeave(): void;
}

/** The connection broke: the last picture, dimmed, and how long the game waits. */
export function Reconnecting({ heldUntilMs, onLeave }: ReconnectingProps) {
  const now = useNow(250);
  const left = heldUntilMs === undefined ? undefined : secondsUntil(heldUntilMs, now);
  return (
    <div className={styles.scrim}>
      <div className={styles.panel} role="alertdialog" aria-label="Connection lost">
        <span className={styles.turning} aria-hidden />
        <div>
          <h1>Connection lost</h1>
          <p>
            Reconnecting…{' '}
            {left === undefined ? (
              'Asking after your game.'
            ) : left > 0 ? (
              <span className="figures">Your game is kept for {left}&nbsp;s.</span>
            ) : (
              'Looking whether your game is still there.'
            )}
          </p>
        </div>
        <Button onClick={onLeave}>Leave</Button>
      </div>
    </div>
  );
}
