import { createRoot } from 'react-dom/client';
import { Route, Switch } from 'wouter';
import { CataloguePage } from './catalogue/catalogue-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { PlayPage } from './play/play-page.tsx';

/** Draws the page of the current address and follows it. */
export function draw(): void {
  const place = document.getElementById('app');
  if (place !== null) createRoot(place).render(<App />);
}

function App() {
  return (
    <Switch>
      <Route path="/">
        <CataloguePage />
      </Route>
      <Route path="/play/:titleId">{({ titleId }) => <PlayPage key={titleId} titleId={titleId} />}</Route>
      <Route>
        <NotFoundPage />
      </Route>
    </Switch>
  );
}
