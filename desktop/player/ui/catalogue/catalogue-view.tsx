import type { CatalogueTitle } from '@kilat/shared/title/catalogue';
import { Gamepad2, Info, MonitorOff, Search, Unplug, X, Zap } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Button } from '../controls/button.tsx';
import { Notice } from '../controls/notice.tsx';
import { secondsUntil } from '../figures.ts';
import { useNow } from '../use-session.ts';
import { missingWords } from '../words/refusals.ts';
import type { CatalogueState } from './catalogue-feed.ts';
import styles from './catalogue-view.module.css';
import { lastPlayedFirst, matching } from './played-order.ts';
import { TitleCard } from './title-card.tsx';
import { useCardMoves } from './use-card-moves.ts';

export interface CatalogueViewProps {
  catalogue: CatalogueState;
  playedAtMs: Record<string, number>;
  /** Titles of which a game waits for this tab. */
  waiting: ReadonlySet<string>;
  /** What this browser lacks to play; undefined when it lacks nothing. */
  missing: 'webrtc' | 'h264' | undefined;
  /** Whether the page came over HTTPS or from this machine itself. */
  secure: boolean;
  onPlay(titleId: string, cover: HTMLElement | null): void;
  onTryNow(): void;
}

/** The catalogue in each of its states. */
export function CatalogueView(props: CatalogueViewProps) {
  const { missing, secure } = props;
  const [query, setQuery] = useState('');
  const search = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLDivElement>(null);
  const { current, padConnected } = useCardMoves(page, search);

  return (
    <div className={styles.page} ref={page}>
      <header className={styles.header}>
        <p className={styles.brand}>
          <Zap aria-hidden fill="currentColor" strokeWidth={0} /> Kilat
        </p>
        <label className={styles.search}>
          <Search aria-hidden />
          <span className="unseen">Search games</span>
          <input
            ref={search}
            type="search"
            placeholder="Search games"
            autoComplete="off"
            spellCheck={false}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
          {query === '' ? (
            <kbd aria-hidden>/</kbd>
          ) : (
            <button
              type="button"
              aria-label="Clear the search"
              onClick={() => {
                setQuery('');
                search.current?.focus();
              }}
            >
              <X aria-hidden />
            </button>
          )}
        </label>
        {padConnected && (
          <p className={styles.pad}>
            <Gamepad2 aria-hidden /> <span>Gamepad ready</span>
          </p>
        )}
      </header>
      <main className={styles.main}>
        <h1 className="unseen">Games</h1>
        {missing !== undefined && (
          <Banner mark={<MonitorOff aria-hidden />} tone="warn">
            <strong>This browser cannot play.</strong> {missingWords(missing)} Open this page in a current Chrome, Edge,
            Firefox or Safari.
          </Banner>
        )}
        <Body
          {...props}
          query={query}
          current={current}
          onClear={() => {
            setQuery('');
            search.current?.focus();
          }}
        />
        {!secure && (
          <p className={styles.insecure}>
            <Info aria-hidden /> This page came over plain HTTP. Games run, but the browser keeps back gamepads, the Esc
            key in fullscreen, and keeping the screen awake. Over HTTPS all of it works.
          </p>
        )}
      </main>
    </div>
  );
}

type BodyProps = CatalogueViewProps & { query: string; current: string | undefined; onClear(): void };

function Body({ catalogue, playedAtMs, waiting, missing, query, current, onPlay, onTryNow, onClear }: BodyProps) {
  switch (catalogue.is) {
    case 'loading':
      return <Skeleton />;
    case 'unreachable':
      return <Unreachable retryAtMs={catalogue.retryAtMs} onTryNow={onTryNow} />;
    case 'ready': {
      const { titles, live } = catalogue;
      if (titles.length === 0) {
        return (
          <Notice as="part" mark="nothing" title="No games yet">
            <p>A game is one small file in the folder “titles”. Put one there and it appears here by itself.</p>
          </Notice>
        );
      }
      const found = matching(titles, query);
      const games = lastPlayedFirst(
        found.filter(({ kind }) => kind === 'game'),
        playedAtMs,
      );
      const probes = found.filter(({ kind }) => kind === 'probe');
      const first = current ?? [...games, ...probes].find(isActive)?.id;
      const card = (title: CatalogueTitle) => ({
        ...{ title, onPlay, tabStop: title.id === first },
        ...{ playable: missing === undefined && live, waits: waiting.has(title.id) },
      });
      return (
        <>
          {!live && (
            <Banner mark={<Unplug aria-hidden />} tone="warn">
              <strong>The connection to Kilat is lost.</strong> These are the games as last seen. It is trying again by
              itself.
              <Button onClick={onTryNow}>Try now</Button>
            </Banner>
          )}
          {live && titles.every(({ availability }) => availability.state === 'no-edge') && (
            <Banner mark={<Unplug aria-hidden />} tone="calm">
              <strong>No machine is connected right now.</strong> Games become playable here the moment one is.
            </Banner>
          )}
          {found.length === 0 && (
            <Notice as="part" mark="unfound" title={`Nothing here matches “${query}”`}>
              <p>Fewer or other words may find it.</p>
              <Button onClick={onClear}>Clear the search</Button>
            </Notice>
          )}
          {games.length > 0 && (
            <ul className={styles.grid}>
              {games.map((title, index) => (
                <TitleCard key={title.id} {...card(title)} featured={index === 0 && query === '' && games.length > 2} />
              ))}
            </ul>
          )}
          {probes.length > 0 && (
            <section className={styles.measure} aria-labelledby="measure">
              <h2 id="measure">Measure</h2>
              <p>Test screens that answer at once. They show how fast this way to the machine really is.</p>
              <ul className={styles.probes}>
                {probes.map((title) => (
                  <TitleCard key={title.id} {...card(title)} />
                ))}
              </ul>
            </section>
          )}
        </>
      );
    }
  }
}

const isActive = ({ availability }: CatalogueTitle): boolean => availability.state !== 'no-edge';

function Skeleton() {
  return (
    <div role="status">
      <span className="unseen">Loading the games</span>
      <ul className={styles.grid} aria-hidden>
        {[0, 1, 2, 3, 4].map((index) => (
          <li key={index} data-featured={index === 0 || undefined} className={styles.bone}>
            <div />
            <span />
            <span />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Unreachable({ retryAtMs, onTryNow }: { retryAtMs: number | undefined; onTryNow(): void }) {
  const now = useNow(250, retryAtMs !== undefined);
  return (
    <Notice as="part" mark="offline" title="Kilat is not answering">
      <p>
        The server that keeps the list of games could not be reached. Check your own connection; if this is your own
        Kilat, see whether “npm start” is still running.
      </p>
      <p className="figures">
        {retryAtMs === undefined ? 'Trying now…' : `Trying again by itself in ${secondsUntil(retryAtMs, now)} s`}
      </p>
      <Button kind="go" disabled={retryAtMs === undefined} onClick={onTryNow}>
        Try now
      </Button>
    </Notice>
  );
}

function Banner({ mark, tone, children }: { mark: ReactNode; tone: 'warn' | 'calm'; children: ReactNode }) {
  return (
    <div className={`${styles.banner} ${tone === 'warn' ? styles.warn : ''}`} role="status">
      {mark}
      <p>{children}</p>
    </div>
  );
}
