import { useEffect, useRef } from 'react';
import type { PlayState } from '../../play/model.ts';
import { Button } from '../controls/button.tsx';
import { refusalDetail, refusalWords, type WayOn, wayWords } from '../words/refusals.ts';
import { Backdrop } from './backdrop.tsx';
import styles from './refused.module.css';

interface RefusedProps {
  why: Extract<PlayState, { is: 'refused' }>['why'];
  name: string;
  coverUrl: string | undefined;
  onAgain(): void;
  onBack(): void;
  onReload(): void;
}

/** The launch did not come about: what happened, what Kilat did, what the player can do. */
export function Refused({ why, name, coverUrl, onAgain, onBack, onReload }: RefusedProps) {
  const { title, happened, done, canDo, ways } = refusalWords(why, name);
  const detail = refusalDetail(why);
  const act: Record<WayOn, () => void> = { 'try-again': onAgain, back: onBack, reload: onReload };
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus({ preventScroll: true }), []);

  return (
    <div className={styles.refused}>
      <Backdrop coverUrl={coverUrl} />
      <main className={styles.panel} aria-labelledby="refused">
        <h1 id="refused">{title}</h1>
        <dl>
          <dt>What happened</dt>
          <dd>
            {happened}
            {detail !== undefined && <span className={styles.detail}>{detail}</span>}
          </dd>
          <dt>What Kilat did</dt>
          <dd>{done}</dd>
          <dt>What you can do</dt>
          <dd className={styles.canDo}>{canDo}</dd>
        </dl>
        <div className={styles.ways}>
          {ways.map((way, index) => (
            <Button
              key={way}
              ref={index === 0 ? first : undefined}
              kind={index === 0 ? 'go' : 'plain'}
              onClick={act[way]}
            >
              {wayWords(way)}
            </Button>
          ))}
        </div>
      </main>
    </div>
  );
}
