import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import type { PlaySession } from '../../play/model.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { inMs, msFigure } from '../figures.ts';
import { useLiveFigures } from '../use-session.ts';
import { latencyStageWords, measureMeaning, measureWords } from '../words/stages.ts';
import { touchOnly } from '../play/touch-only.ts';
import styles from './overlay.module.css';
import { connectionFigures, overlayText, recentLoss } from './overlay-text.ts';
import { stageColour } from './stage-colours.ts';
import { StageStrip } from './stage-strip.tsx';

/** Live figures over the picture: how long an input takes to be seen, and where the time goes. */
export function Overlay({ session }: { session: PlaySession }) {
  const { stats, seconds } = useLiveFigures(session);
  const { latencyMs, stagesMs, measure } = stats;
  const loss = recentLoss(seconds);

  return (
    // Pressed, the copy button leaves the focus, and with it the keys, to the game.
    <aside className={styles.overlay} aria-label="Live figures" onMouseDown={(event) => event.preventDefault()}>
      <header className={styles.header}>
        <h2 title={measureMeaning(measure)}>{measureWords(measure)}</h2>
        <CopyButton
          kind="quiet"
          label="Copy the figures"
          iconOnly
          className={styles.copy}
          text={() => overlayText(session.stats(), recentLoss(session.recentSeconds()), new Date())}
        />
      </header>
      <p className={`figures ${styles.big}`}>
        {latencyMs === undefined ? (
          <em>{touchOnly() ? 'Touch the picture to measure' : 'Press any key to measure'}</em>
        ) : (
          <>
            <strong>{msFigure(latencyMs.p50)}</strong>
            <span>ms</span>
            <span className={styles.beside}>
              <b>{msFigure(latencyMs.p95)}</b> p95
              <br />
              <b>{latencyMs.n}</b> inputs
            </span>
          </>
        )}
      </p>
      <StageStrip seconds={seconds} />
      {latencyMs !== undefined && (
        <dl className={`figures ${styles.stages}`}>
          {LATENCY_STAGES.map((stage) => (
            <div key={stage}>
              <dt>
                <i style={{ background: stageColour(stage) }} />
                {latencyStageWords(stage)}
              </dt>
              <dd>{inMs(stagesMs[stage]?.p50)}</dd>
            </div>
          ))}
        </dl>
      )}
      <dl className={`figures ${styles.connection}`}>
        {connectionFigures(stats, loss).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd data-bad={name === 'Loss' && loss >= 1 ? '' : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
