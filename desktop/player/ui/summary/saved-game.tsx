import type { PlayerSaveVersion } from '@kilat/shared/save/player-saves';
import { useState } from 'react';
import { Button } from '../controls/button.tsx';
import { asPlayed } from '../figures.ts';
import { saveProblemWords, savedWords } from '../words/saves.ts';
import styles from './saved-game.module.css';
import { bringBack, downloadUrl, useSessionSaves } from './session-saves.ts';

/** Whether the player's game is saved, in a line, and below it the versions to go back to. */
export function SavedGame({ sessionId }: { sessionId: string | undefined }) {
  const { shown, askAgain } = useSessionSaves(sessionId);
  const [failed, setFailed] = useState(false);
  const saves = shown?.saves.saves;
  if (shown === undefined || saves === null || saves === undefined) return null;
  const { settled, problems } = shown.saves;
  const current = saves.versions.find((version) => version.current);
  if (settled && saves.versions.length === 0 && problems.length === 0) return null;
  const agoText = current === undefined ? undefined : asPlayed(Date.now() - current.collectedAtMs);
  const back = async (version: PlayerSaveVersion) => {
    setFailed(!(await bringBack(saves.titleId, version.versionId)));
    askAgain();
  };
  return (
    <section className={styles.saved} role="status" aria-label="Saved game">
      <p>{savedWords(settled ? 'stored' : shown.waiting ? 'coming' : 'late', agoText)}</p>
      {problems.map((problem) => (
        <p key={problem} className={styles.problem}>
          {saveProblemWords(problem, saves.maxMb)}
        </p>
      ))}
      {failed && <p className={styles.problem}>That save could not be brought back. Try again in a moment.</p>}
      {saves.versions.length > 0 && (
        <details>
          <summary>{saves.versions.length === 1 ? 'The saved game' : `${saves.versions.length} saved games`}</summary>
          <ul>
            {saves.versions.map((version) => (
              <li key={version.versionId}>
                <time dateTime={new Date(version.collectedAtMs).toISOString()}>
                  {new Date(version.collectedAtMs).toLocaleString()}
                </time>
                <span>{version.current ? 'plays next' : version.problem === null ? '' : 'set aside'}</span>
                {!version.current && version.problem !== 'corrupt' && version.problem !== 'too-large' && (
                  <Button kind="quiet" onClick={() => void back(version)}>
                    Play this one next
                  </Button>
                )}
                <a href={downloadUrl(saves.titleId, version.versionId)} download>
                  Download
                </a>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
