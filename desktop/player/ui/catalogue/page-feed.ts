import { indexerSocket } from '../../launch/page-socket.ts';
import { CatalogueFeed } from './catalogue-feed.ts';

let feed: CatalogueFeed | undefined;

/** The page's one catalogue, shared by all pages; begins with the first that asks for it. */
export function catalogueFeed(): CatalogueFeed {
  feed ??= new CatalogueFeed(indexerSocket());
  return feed;
}
