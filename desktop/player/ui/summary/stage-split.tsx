import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import type { SessionSummary } from '../../play/model.ts';
import { inMs } from '../figures.ts';
import { stageColour } from '../overlay/stage-colours.ts';
import { latencyStageWords } from '../words/stages.ts';
import styles from './split.module.css';

/** One bar of the stages' medians, and the figures to it. */
export function StageSplit({ stagesMs }: { stagesMs: SessionSummary['stagesMs'] }) {
  const rows = LATENCY_STAGES.flatMap((stage) => {
    const split = stagesMs[stage];
    return split === undefined ? [] : [{ stage, split }];
  });
  return (
    <div className={styles.split}>
      <div className={styles.bar} aria-hidden>
        {rows.map(({ stage, split }) => (
          <i
            key={stage}
            style={{ flexGrow: Math.max(0, split.p50), background: stageColour(stage) }}
            title={`${latencyStageWords(stage)} ${inMs(split.p50)}`}
          />
        ))}
      </div>
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">median</th>
            <th scope="col">p95</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ stage, split }) => (
            <tr key={stage}>
              <th scope="row">
                <i style={{ background: stageColour(stage) }} />
                {latencyStageWords(stage)}
              </th>
              <td>{inMs(split.p50)}</td>
              <td>{inMs(split.p95)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
