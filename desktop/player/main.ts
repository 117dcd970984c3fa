import './zod-without-jit.ts';
import '@fontsource-variable/inter/index.css';
import '@kilat/shared/design/tokens.css';
import './ui/design/base.css';
import './ui/stage.css';
import { launchTitle } from './ui/current-session.ts';
import { titleInAddress } from './ui/address.ts';
import { isReloadOfSummary } from './ui/over.ts';

// `/play/<title>` launches before anything is drawn; React and the pages arrive while the launch is under way.
const titleId = titleInAddress(location.pathname);
if (titleId !== undefined) {
  if (isReloadOfSummary(titleId)) history.replaceState(null, '', '/');
  else launchTitle(titleId);
}

void import('./ui/app.tsx').then(({ draw }) => draw());
