import type { CatalogueTitle } from '@kilat/shared/title/catalogue';
import { Download, Hourglass, Play, RotateCcw, UsersRound, Zap } from 'lucide-react';
import { useRef } from 'react';
import { playAddress } from '../address.ts';
import { InstallRow } from './install-row.tsx';
import styles from './title-card.module.css';

export interface TitleCardProps {
  title: CatalogueTitle;
  /** The first card, drawn large. */
  featured?: boolean;
  /** Whether the Tab key stops here; arrows move between cards. */
  tabStop: boolean;
  playable: boolean;
  /** A game of it waits for this tab. */
  waits: boolean;
  onPlay(titleId: string, cover: HTMLElement | null): void;
}

/** One title of the catalogue: its cover, and what can be done with it now. */
export function TitleCard({ title, featured = false, tabStop, playable, waits, onPlay }: TitleCardProps) {
  const cover = useRef<HTMLImageElement>(null);
  const { state } = title.availability;
  const canStart = playable && (state === 'ready' || waits);

  const face = (
    <>
      <img
        ref={cover}
        className={styles.cover}
        src={title.coverUrl}
        alt=""
        width={1280}
        height={720}
        decoding="async"
      />
      {canStart && (
        <span className={styles.go}>
          <Play aria-hidden fill="currentColor" strokeWidth={0} /> {waits ? 'Continue' : 'Play'}
        </span>
      )}
    </>
  );

  return (
    <li
      data-featured={featured || undefined}
      className={[styles.card, featured && styles.featured, !canStart && styles.resting].filter(Boolean).join(' ')}
    >
      {canStart ? (
        <a
          className={styles.face}
          href={playAddress(title.id)}
          data-card={title.id}
          tabIndex={tabStop ? 0 : -1}
          aria-label={`${waits ? 'Continue' : 'Play'} ${title.name}`}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
            event.preventDefault();
            onPlay(title.id, cover.current);
          }}
        >
          {face}
        </a>
      ) : (
        <div className={styles.face}>{face}</div>
      )}
      <div className={styles.words}>
        <div className={styles.heading}>
          <h2>{title.name}</h2>
          {(playable || state !== 'ready') && <AvailabilityChip title={title} waits={playable && waits} />}
        </div>
        <p>{title.summary}</p>
      </div>
      {title.availability.state === 'installable' && title.availability.install.length > 0 && (
        <InstallRow titleId={title.id} name={title.name} packages={title.availability.install} tabStop={tabStop} />
      )}
    </li>
  );
}

function AvailabilityChip({ title: { availability }, waits }: { title: CatalogueTitle; waits: boolean }) {
  if (waits) {
    return (
      <span className={`${styles.chip} ${styles.warm}`} title="The game you went away from is kept for you.">
        <RotateCcw aria-hidden /> Your game waits
      </span>
    );
  }
  switch (availability.state) {
    case 'ready':
      if (availability.freeSlots === 0) {
        return (
          <span className={`${styles.chip} ${styles.full}`}>
            <UsersRound aria-hidden /> All seats taken
          </span>
        );
      }
      return availability.warm ? (
        <span className={`${styles.chip} ${styles.warm}`} title="A seat with this game already running is waiting.">
          <Zap aria-hidden fill="currentColor" strokeWidth={0} /> Starts at once
        </span>
      ) : undefined;
    case 'installable':
      return (
        <span className={styles.chip}>
          <Download aria-hidden /> One install away
          {availability.downloadMb > 0 && `, ${availability.downloadMb.toFixed(0)}\u00a0MB`}
        </span>
      );
    case 'draining':
      return (
        <span className={styles.chip} title="The machines that have this game take no new players for the moment.">
          <Hourglass aria-hidden /> Closed for a moment
        </span>
      );
    case 'no-edge':
      return (
        <span className={styles.chip}>
          <Hourglass aria-hidden /> Waits for a machine
        </span>
      );
  }
}
