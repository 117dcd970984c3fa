import type { SecondOfPlay } from '../../play/model.ts';
import { asClock, asRate, asRendition, inMs, inPercent } from '../figures.ts';
import styles from './seconds-table.module.css';

/** The timeline as a table, by ten seconds where the session was long; folded away for those who see the plot. */
export function SecondsTable({ seconds }: { seconds: readonly SecondOfPlay[] }) {
  const startMs = seconds[0]?.atMs ?? 0;
  const rows =
    seconds.length > 120 ? seconds.filter((second, index) => index % 10 === 0 || second.events.length > 0) : seconds;
  return (
    <details className={styles.details}>
      <summary>The same as a table</summary>
      <div className={styles.scroll}>
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Median</th>
              <th scope="col">Worst</th>
              <th scope="col">Frames</th>
              <th scope="col">Bitrate</th>
              <th scope="col">Encoded at</th>
              <th scope="col">Loss</th>
              <th scope="col">Events</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((second) => (
              <tr key={second.atMs}>
                <th scope="row">{asClock(second.atMs - startMs)}</th>
                <td>{inMs(second.latencyP50Ms)}</td>
                <td>{inMs(second.latencyMaxMs)}</td>
                <td>{second.framesPerSecond.toFixed(0)}&nbsp;fps</td>
                <td>{asRate(second.videoKbps)}</td>
                <td>{asRendition(second.rendition)}</td>
                <td>{inPercent(second.lossPercent)}</td>
                <td>{second.events.map(eventWords).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function eventWords(event: SecondOfPlay['events'][number]): string {
  switch (event) {
    case 'freeze':
      return 'picture froze';
    case 'reconnected':
      return 'connection came back';
    case 'reloaded':
      return 'page was reloaded';
    case 'loss':
      return 'network lost packets';
  }
}
