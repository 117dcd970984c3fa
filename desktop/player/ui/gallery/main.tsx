import '@fontsource-variable/inter/index.css';
import '@kilat/shared/design/tokens.css';
import '../design/base.css';
import '../stage.css';
import { createRoot } from 'react-dom/client';
import { coverOf } from './covers.ts';
import styles from './gallery.module.css';
import { remember } from '../remembered.ts';
import { STATES } from './states.tsx';

// Every state of every page with fixture data, at /gallery?state=<name>; part of the development server only.
const name = new URLSearchParams(location.search).get('state');
const state = name === null ? undefined : STATES[name];
const place = document.getElementById('app');
const stream = document.getElementById('stream');

// A gallery has no past: hints that are shown once are shown in the one picture of them.
localStorage.clear();
if (name !== 'playing-first-time') remember('kilat.hints', ['keys', 'free-mouse']);

if (state?.play && stream instanceof HTMLVideoElement) {
  document.documentElement.dataset.page = 'play';
  stream.poster = coverOf('freedoom', 'Freedoom');
}
if (place !== null) createRoot(place).render(state?.draw() ?? <Index />);

function Index() {
  return (
    <main className={styles.index}>
      <h1>Every state</h1>
      <ul>
        {Object.keys(STATES).map((key) => (
          <li key={key}>
            <a href={`?state=${key}`}>{key}</a>
          </li>
        ))}
      </ul>
    </main>
  );
}
