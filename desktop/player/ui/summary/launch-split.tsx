import type { SessionSummary } from '../../play/model.ts';
import { LAUNCH_STAGES } from '../play/launch-progress.ts';
import { stageDoneWords } from '../words/stages.ts';
import styles from './split.module.css';

/** From the click to the first picture, stage by stage. */
export function LaunchSplit({ launchMs }: { launchMs: SessionSummary['launchMs'] }) {
  const rows = LAUNCH_STAGES.flatMap((stage) => {
    const atMs = launchMs[stage];
    return atMs === undefined ? [] : [{ stage, atMs }];
  }).sort((a, b) => a.atMs - b.atMs);
  const wholeMs = Math.max(1, rows.at(-1)?.atMs ?? 0);
  return (
    <div className={styles.split}>
      <table className={`figures ${styles.launch}`}>
        <thead className="unseen">
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">after the click</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ stage, atMs }, index) => (
            <tr key={stage} data-last={index === rows.length - 1 || undefined}>
              <th scope="row">
                {stageDoneWords(stage)}
                <i
                  style={{
                    left: `${((rows[index - 1]?.atMs ?? 0) / wholeMs) * 100}%`,
                    right: `${100 - (atMs / wholeMs) * 100}%`,
                  }}
                />
              </th>
              <td>{Math.round(atMs)}&nbsp;ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
