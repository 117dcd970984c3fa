import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { SecondOfPlay } from '../../play/model.ts';
import { asClock, asRate, inMs, inPercent } from '../figures.ts';
import type { NamedEvent } from './timeline-events.ts';
import styles from './timeline.module.css';
import { latencyPlot, streamPlot } from './timeline-plots.ts';

interface TimelineProps {
  seconds: readonly SecondOfPlay[];
  events: readonly NamedEvent[];
}

/** Latency, frames and bitrate by second, one above the other, with one cursor. For screen readers there is the table below it. */
export function Timeline({ seconds, events }: TimelineProps) {
  const place = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number>();

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const tokens = getComputedStyle(element);
    const colour = (token: string) => tokens.getPropertyValue(token).trim();
    const width = () => element.clientWidth;
    const point = (index: number | null | undefined) => setPointed(index ?? undefined);
    const plots = [latencyPlot, streamPlot].map((plot) => {
      const { options, data } = plot(seconds, events, {
        width: width(),
        colour,
        point,
        rem: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
      });
      return new uPlot(options, data, element);
    });
    const resized = new ResizeObserver(() => {
      for (const plot of plots) plot.setSize({ width: width(), height: plot.height });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      for (const plot of plots) plot.destroy();
    };
  }, [seconds, events]);

  const second = pointed === undefined ? undefined : seconds[pointed];
  return (
    <figure className={styles.timeline}>
      <figcaption className={`figures ${styles.legend}`}>
        <Key colour="--accent" name="Median" value={second && inMs(second.latencyP50Ms)} />
        <Key colour="--text-faint" name="Worst" value={second && inMs(second.latencyMaxMs)} />
        <Key colour="--stage-network" name="Frames" value={second && `${second.framesPerSecond.toFixed(0)}\u00a0fps`} />
        <Key colour="--stage-capture" name="Bitrate" value={second && asRate(second.videoKbps)} />
        {second !== undefined && (
          <span className={styles.at}>
            {second.lossPercent > 0 && `lost ${inPercent(second.lossPercent)}, `}at{' '}
            {asClock(second.atMs - (seconds[0]?.atMs ?? 0))}
          </span>
        )}
      </figcaption>
      <div ref={place} aria-hidden />
    </figure>
  );
}

function Key({ colour, name, value }: { colour: string; name: string; value: string | undefined }) {
  return (
    <span className={styles.key}>
      <i style={{ background: `var(${colour})` }} />
      {name}
      <b>{value ?? ''}</b>
    </span>
  );
}
