import { LATENCY_STAGES } from '@kilat/shared/latency/stages';
import { useEffect, useRef } from 'react';
import type { SecondOfPlay } from '../../play/model.ts';
import { stageToken } from './stage-colours.ts';
import styles from './overlay.module.css';

const SECONDS = 30;
/** The strip's height stands for at least this, ms, and grows in steps, so that it does not breathe. */
const STEPS_MS = [10, 20, 30, 40, 60, 100, 200, 400, 1000];

/** Height of the strip in ms for what it has to show. */
export function stripScale(seconds: readonly SecondOfPlay[]): number {
  const highest = Math.max(0, ...seconds.map(stackHeight));
  return STEPS_MS.find((step) => highest <= step) ?? highest;
}

const stackHeight = ({ stagesMs }: SecondOfPlay): number =>
  LATENCY_STAGES.reduce((sum, stage) => sum + Math.max(0, stagesMs[stage] ?? 0), 0);

/** The stages of each of the last 30 seconds, stacked, newest right. Drawn on a canvas: it changes often and has many parts. */
export function StageStrip({ seconds }: { seconds: readonly SecondOfPlay[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const recent = seconds.slice(-SECONDS);
  const scaleMs = stripScale(recent);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    const ratio = devicePixelRatio;
    const { clientWidth, clientHeight } = element;
    element.width = Math.round(clientWidth * ratio);
    element.height = Math.round(clientHeight * ratio);
    const tokens = getComputedStyle(element);
    const colours = new Map(LATENCY_STAGES.map((stage) => [stage, tokens.getPropertyValue(stageToken(stage))]));
    const slot = element.width / SECONDS;
    const gap = Math.max(1, Math.round(ratio));

    context.fillStyle = tokens.getPropertyValue('--line');
    for (const level of [0, 0.5]) context.fillRect(0, Math.round(element.height * level), element.width, gap);
    recent.forEach((second, index) => {
      const x = Math.round((SECONDS - recent.length + index) * slot);
      const width = Math.round((SECONDS - recent.length + index + 1) * slot) - x - gap;
      let bottom = element.height;
      for (const stage of LATENCY_STAGES) {
        const height = (Math.max(0, second.stagesMs[stage] ?? 0) / scaleMs) * element.height;
        context.fillStyle = colours.get(stage) ?? '';
        context.fillRect(x, bottom - height, width, height);
        bottom -= height;
      }
    });
  });

  return (
    <div className={styles.strip} aria-hidden>
      <span>last 30&nbsp;s</span>
      <span className="figures">{scaleMs}&nbsp;ms</span>
      <canvas ref={canvas} />
    </div>
  );
}
