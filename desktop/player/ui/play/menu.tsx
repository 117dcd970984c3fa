import type { CatalogueTitle } from '@kilat/shared/title/catalogue';
import { Gauge, LogOut, Maximize, Minimize, Play, Volume2, VolumeX, X } from 'lucide-react';
import { Dialog, Slider, Switch, ToggleGroup } from 'radix-ui';
import { useRef, useState, useSyncExternalStore } from 'react';
import { canLockKeyboard } from '../../input/keyboard-lock.ts';
import type { PlaySession, TitleFacts } from '../../play/model.ts';
import { Button } from '../controls/button.tsx';
import { gamepadWords } from './gamepad-words.ts';
import { isFullscreen, toggleFullscreen, watchFullscreen } from './fullscreen.ts';
import styles from './menu.module.css';
import { BITRATES, prefer, preferences } from './preferences.ts';
import { touchOnly } from './touch-only.ts';

interface MenuProps {
  session: PlaySession;
  title: TitleFacts;
  controls: CatalogueTitle['controls'];
  open: boolean;
  onOpen(open: boolean): void;
  overlay: boolean;
  onOverlay(shown: boolean): void;
}

/** The menu over the picture; the game gets no input while it is open. */
export function Menu({ session, title, controls, open, onOpen, overlay, onOverlay }: MenuProps) {
  const resume = useRef<HTMLButtonElement>(null);
  const pads = gamepadWords(session.gamepads);
  const fullscreen = useSyncExternalStore(watchFullscreen, isFullscreen);
  return (
    <Dialog.Root open={open} onOpenChange={onOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content
          className={styles.menu}
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            resume.current?.focus();
          }}
          onCloseAutoFocus={(event) => {
            // The game gets the keys back, not the button that opened this.
            event.preventDefault();
            document.getElementById('stage')?.focus({ preventScroll: true });
          }}
        >
          <header className={styles.header}>
            <div>
              <Dialog.Title>{title.name}</Dialog.Title>
              <p>
                {title.display.width} × {title.display.height}
                {title.region === 'local' ? ', a machine nearby' : `, a machine in ${title.region}`}
              </p>
            </div>
            <Dialog.Close asChild>
              <Button kind="quiet" className={styles.close} aria-label="Close the menu">
                <X aria-hidden />
              </Button>
            </Dialog.Close>
          </header>
          <div className={styles.parts}>
            <Dialog.Close asChild>
              <Button ref={resume} kind="go" className={styles.resume}>
                <Play aria-hidden fill="currentColor" strokeWidth={0} /> Resume <kbd>F9</kbd>
              </Button>
            </Dialog.Close>
            <Volume session={session} />
            <Quality session={session} />
            <div className={styles.row}>
              <label htmlFor="figures">
                <Gauge aria-hidden /> Figures over the picture <kbd>F8</kbd>
              </label>
              <Switch.Root id="figures" className={styles.switch} checked={overlay} onCheckedChange={onOverlay}>
                <Switch.Thumb className={styles.knob} />
              </Switch.Root>
            </div>
            {(controls.length > 0 || pads.length > 0) && (
              <section className={styles.controls}>
                <h3>Controls</h3>
                <dl>
                  {controls.map(({ keys, does }) => (
                    <div key={keys}>
                      <dt>{keys}</dt>
                      <dd>{does}</dd>
                    </div>
                  ))}
                  {pads.map(({ name, says }, place) => (
                    // Two pads may have one name; their places are what tells them apart.
                    <div key={place}>
                      <dt>{name}</dt>
                      <dd>{says}</dd>
                    </div>
                  ))}
                  {title.mouse === 'relative' && (
                    <div>
                      <dt>Esc</dt>
                      <dd>Give the mouse back</dd>
                    </div>
                  )}
                </dl>
              </section>
            )}
          </div>
          <footer className={styles.footer}>
            {document.fullscreenEnabled && !touchOnly() && (
              <p>
                {canLockKeyboard()
                  ? 'Fullscreen gives the game every key, Ctrl + W and Esc too. Hold Esc to come back.'
                  : 'This browser keeps its own shortcuts, such as Ctrl + W, in fullscreen too.'}
              </p>
            )}
            {document.fullscreenEnabled && (
              <Button onClick={() => void toggleFullscreen()}>
                {fullscreen ? <Minimize aria-hidden /> : <Maximize aria-hidden />}{' '}
                {fullscreen ? 'Leave fullscreen' : 'Fullscreen'}
              </Button>
            )}
            <Button kind="danger" onClick={() => session.leave()}>
              <LogOut aria-hidden /> Leave game
            </Button>
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Volume({ session }: { session: PlaySession }) {
  const [volume, setVolume] = useState(() => preferences().volume);
  const set = (next: number) => {
    setVolume(next);
    session.setVolume(next);
    prefer({ volume: next });
    if (session.soundBlocked) session.startSound();
  };
  return (
    <div className={styles.row}>
      <Button
        kind="quiet"
        className={styles.mute}
        aria-label={volume === 0 ? 'Sound on' : 'Sound off'}
        onClick={() => set(volume === 0 ? 1 : 0)}
      >
        {volume === 0 ? <VolumeX aria-hidden /> : <Volume2 aria-hidden />}
      </Button>
      <Slider.Root
        className={styles.slider}
        value={[Math.round(volume * 100)]}
        onValueChange={([percent = 0]) => set(percent / 100)}
        max={100}
        step={5}
      >
        <Slider.Track className={styles.track}>
          <Slider.Range className={styles.range} />
        </Slider.Track>
        <Slider.Thumb className={styles.thumb} aria-label="Volume" />
      </Slider.Root>
      <span className={`figures ${styles.percent}`}>{Math.round(volume * 100)}&nbsp;%</span>
    </div>
  );
}

function Quality({ session }: { session: PlaySession }) {
  const [kbps, setKbps] = useState(() => preferences().maxBitrateKbps);
  const set = (next: string) => {
    if (next === '') return;
    setKbps(Number(next));
    session.setMaxBitrateKbps(Number(next));
    prefer({ maxBitrateKbps: Number(next) });
  };
  return (
    <section className={styles.quality}>
      <h3 id="quality">Picture, at most</h3>
      <ToggleGroup.Root
        type="single"
        value={String(kbps)}
        onValueChange={set}
        aria-labelledby="quality"
        className={styles.choices}
      >
        {BITRATES.map((choice) => (
          <ToggleGroup.Item key={choice.kbps} value={String(choice.kbps)} className={styles.choice}>
            {choice.name}
            <span className="figures">{choice.kbps / 1000}&nbsp;Mb/s</span>
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </section>
  );
}
