import { Gamepad2 } from 'lucide-react';
import type { SessionGamepads } from '../../play/model.ts';
import { gamepadWords, type GamepadLine } from './gamepad-words.ts';
import styles from './hint.module.css';
import { useForAWhile } from './hint.tsx';

/** Says for a while what became of a gamepad that came. */
export function GamepadHint({ gamepads }: { gamepads: SessionGamepads }) {
  const lines = gamepadWords(gamepads);
  if (lines.length === 0) return null;
  // Another set of gamepads is another hint.
  return <Lines key={JSON.stringify(lines)} lines={lines} />;
}

function Lines({ lines }: { lines: readonly GamepadLine[] }) {
  const shown = useForAWhile(true);
  if (!shown) return null;
  return (
    <div className={styles.hints} role="status">
      {lines.map(({ name, says }, place) => (
        // Two pads may have one name.
        <p key={place}>
          <Gamepad2 aria-hidden /> {name}: {says}
        </p>
      ))}
    </div>
  );
}
