import { useState, useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { playAddress } from '../address.ts';
import { missingInBrowser } from '../browser-support.ts';
import { recall } from '../remembered.ts';
import { CatalogueView } from './catalogue-view.tsx';
import { openTitle } from './open-title.ts';
import { catalogueFeed } from './page-feed.ts';
import { useWaitingGames } from './waiting-games.ts';

/** `/`: the games. What a launch needs is made ready while the player chooses: the launch path prepares itself when it is loaded. */
export function CataloguePage() {
  const [, go] = useLocation();
  const feed = catalogueFeed();
  const catalogue = useSyncExternalStore(feed.watch, () => feed.state);
  const [playedAtMs] = useState(() => recall('kilat.played') ?? {});
  const [missing] = useState(missingInBrowser);
  const waiting = useWaitingGames(catalogue.is === 'ready' ? catalogue.titles.map(({ id }) => id) : []);

  return (
    <CatalogueView
      catalogue={catalogue}
      playedAtMs={playedAtMs}
      waiting={waiting}
      missing={missing}
      secure={isSecureContext}
      onPlay={(titleId, cover) => openTitle(titleId, cover, () => go(playAddress(titleId)))}
      onTryNow={() => void feed.refresh()}
    />
  );
}
