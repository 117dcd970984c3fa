import { useEffect, useLayoutEffect, useRef } from 'react';
import type { PlaySession } from '../../play/model.ts';
import { Button } from '../controls/button.tsx';
import { inSeconds } from '../figures.ts';
import { useNow } from '../use-session.ts';
import { stageWords } from '../words/stages.ts';
import { Backdrop } from './backdrop.tsx';
import { grow } from './growing-cover.ts';
import { launchProgress } from './launch-progress.ts';
import styles from './starting.module.css';
import { usualLaunch } from './usual-launch.ts';

interface StartingProps {
  session: PlaySession;
  titleId: string;
  name: string;
  coverUrl: string | undefined;
  /** The picture is there: this curtain fades. */
  lifting: boolean;
  onLeave(): void;
}

/** From the click to the first picture: what is being waited for, and how far it is. */
export function Starting({ session, titleId, name, coverUrl, lifting, onLeave }: StartingProps) {
  const now = useNow(100, !lifting);
  const { state } = session;
  const stage = state.is === 'starting' ? state.stage : 'first-frame';
  const startedAtMs = useRef(now);
  if (state.is === 'starting') startedAtMs.current = state.startedAtMs;
  const since = useRef({ stage, atMs: now });
  if (since.current.stage !== stage) since.current = { stage, atMs: now };
  const usual = useRef(usualLaunch(titleId));
  const furthest = useRef(0);
  furthest.current = lifting
    ? 1
    : Math.max(furthest.current, launchProgress(stage, now - since.current.atMs, usual.current));
  const region = state.is === 'starting' ? state.title?.region : undefined;

  const cover = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => grow(cover.current), []);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !lifting) onLeave();
    };
    window.addEventListener('keydown', press, { capture: true });
    return () => window.removeEventListener('keydown', press, { capture: true });
  }, [onLeave, lifting]);

  return (
    <div className={styles.starting} data-lifting={lifting || undefined}>
      <Backdrop coverUrl={coverUrl} />
      <div className={styles.middle}>
        <div className={styles.cover} ref={cover}>
          {coverUrl !== undefined && <img src={coverUrl} alt="" />}
        </div>
        <div className={styles.words}>
          <h1>{name}</h1>
          <p className={styles.stage}>
            <span aria-live="polite">
              {stage === 'asking' && state.is === 'starting' && state.returning
                ? 'Going back to your game'
                : stageWords(stage, name)}
              {region !== undefined && stage !== 'asking' && <span className={styles.region}> · {region}</span>}
            </span>
            <span className="figures">{inSeconds(now - startedAtMs.current)}</span>
          </p>
          <div
            className={styles.line}
            role="progressbar"
            aria-label="Launch"
            aria-valuenow={Math.round(furthest.current * 100)}
          >
            <div style={{ scale: `${furthest.current} 1` }} />
          </div>
          <Button kind="quiet" className={styles.leave} onClick={onLeave}>
            Leave <kbd>Esc</kbd>
          </Button>
        </div>
      </div>
    </div>
  );
}
