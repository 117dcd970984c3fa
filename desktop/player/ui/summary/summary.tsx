import type { EndReason } from '@kilat/shared/session/life';
import { useEffect, useRef } from 'react';
import type { SessionSummary } from '../../play/model.ts';
import { Button } from '../controls/button.tsx';
import { asClock, asPlayed, msFigure } from '../figures.ts';
import { Backdrop } from '../play/backdrop.tsx';
import { endWords, isLoss } from '../words/endings.ts';
import { measureMeaning, measureWords } from '../words/stages.ts';
import { LaunchSplit } from './launch-split.tsx';
import { SavedGame } from './saved-game.tsx';
import { SecondsTable } from './seconds-table.tsx';
import { StageSplit } from './stage-split.tsx';
import styles from './summary.module.css';
import { nameTimeline } from './timeline-events.ts';
import { Timeline } from './timeline.tsx';

interface SummaryProps {
  name: string;
  coverUrl: string | undefined;
  reason: EndReason;
  detail: string | undefined;
  summary: SessionSummary;
  sessionId: string | undefined;
  onAgain(): void;
  onBack(): void;
}

/** After the game: why it ended, how it went, and what happened when. */
export function Summary({ name, coverUrl, reason, detail, summary, sessionId, onAgain, onBack }: SummaryProps) {
  const { title, happened } = endWords(reason, name);
  const { latencyMs, measure, seconds, inputs } = summary;
  const events = nameTimeline(seconds, isLoss(reason) ? title : undefined);
  const again = useRef<HTMLButtonElement>(null);
  useEffect(() => again.current?.focus({ preventScroll: true }), []);

  return (
    <div className={styles.summary}>
      <div className={styles.behind}>
        <Backdrop coverUrl={coverUrl} />
      </div>
      <main className={styles.main}>
        <header className={styles.header}>
          {coverUrl !== undefined && <img src={coverUrl} alt="" />}
          <div className={styles.headline}>
            <p>{name}</p>
            <h1>{title}</h1>
            {happened !== undefined && <p className={styles.happened}>{happened}</p>}
            {detail !== undefined && reason !== 'left' && <p className={styles.detail}>{detail}</p>}
          </div>
          <div className={styles.ways}>
            <Button ref={again} kind="go" onClick={onAgain}>
              Play again
            </Button>
            <Button onClick={onBack}>Back to games</Button>
          </div>
        </header>
        <SavedGame sessionId={sessionId} />
        {seconds.length > 0 && (
          <dl className={`figures ${styles.figures}`}>
            <Figure label="Time played" value={asPlayed(summary.playedMs)} />
            {latencyMs === undefined ? (
              <Figure label={`Median, ${measureWords(measure)}`} value="No input" />
            ) : (
              <>
                <Figure label={`Median, ${measureWords(measure)}`} value={msFigure(latencyMs.p50)} unit="ms" best />
                <Figure label="19 of 20 within" value={msFigure(latencyMs.p95)} unit="ms" />
                <Figure label="Worst" value={msFigure(latencyMs.max)} unit="ms" />
              </>
            )}
          </dl>
        )}
        {seconds.length === 0 ? (
          <p className={styles.empty}>It ended before the first picture, so there is nothing to plot.</p>
        ) : (
          <section className={styles.part} aria-labelledby="timeline">
            <h2 id="timeline">How it went</h2>
            <Timeline seconds={seconds} events={events} />
            {events.length > 0 ? (
              <ol className={styles.events}>
                {events.map((event) => (
                  <li key={`${event.kind}${event.fromMs}`}>
                    <i aria-hidden />
                    <span className={`figures ${styles.when}`}>{asClock(event.fromMs)}</span> {event.sentence}
                  </li>
                ))}
              </ol>
            ) : (
              <p className={styles.calm}>Nothing interrupted this game.</p>
            )}
            <SecondsTable seconds={seconds} />
          </section>
        )}
        <div className={styles.splits}>
          {latencyMs !== undefined && (
            <section className={styles.part} aria-labelledby="split">
              <h2 id="split">Where the time went</h2>
              <p>
                {measureMeaning(measure)} {inputs.matched.toLocaleString('en')} of {inputs.sent.toLocaleString('en')}{' '}
                inputs were followed to the screen
                {inputs.unmatched > 0 &&
                  `; ${inputs.unmatched.toLocaleString('en')} changed nothing that could be seen`}
                .
              </p>
              <StageSplit stagesMs={summary.stagesMs} />
            </section>
          )}
          {Object.keys(summary.launchMs).length > 0 && (
            <section className={styles.part} aria-labelledby="launch">
              <h2 id="launch">How it started</h2>
              <LaunchSplit launchMs={summary.launchMs} />
            </section>
          )}
        </div>
      </main>
    </div>
  );
}

function Figure({ label, value, unit, best = false }: { label: string; value: string; unit?: string; best?: boolean }) {
  return (
    <div data-best={best || undefined}>
      <dt>{label}</dt>
      <dd>
        {value}
        {unit !== undefined && <span> {unit}</span>}
      </dd>
    </div>
  );
}
