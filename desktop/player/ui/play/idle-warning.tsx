import { Button } from '../controls/button.tsx';
import { secondsUntil } from '../figures.ts';
import { useNow } from '../use-session.ts';
import styles from './idle-warning.module.css';

/** Nothing was pressed for long: asks whether the player is still there. Any input answers, too. */
export function IdleWarning({ endsAtMs, onStay }: { endsAtMs: number; onStay(): void }) {
  const left = secondsUntil(endsAtMs, useNow(250));
  return (
    <div className={styles.warning} role="alertdialog" aria-label="Still there?">
      <div>
        <h1>Still there?</h1>
        <p className="figures">The session ends in {left}&nbsp;s. Any key keeps it.</p>
      </div>
      <Button kind="go" onClick={onStay}>
        I’m here
      </Button>
    </div>
  );
}
