import { CopyButton } from '../controls/copy-button.tsx';
import styles from './title-card.module.css';

interface InstallRowProps {
  titleId: string;
  name: string;
  /** Debian packages. */
  packages: readonly string[];
  tabStop: boolean;
}

/** The one command that makes a title playable on a machine. */
export function InstallRow({ titleId, name, packages, tabStop }: InstallRowProps) {
  const command = `sudo apt-get install -y ${packages.join(' ')}`;
  return (
    <div className={styles.install}>
      <code>{command}</code>
      <CopyButton
        text={command}
        label={`Copy the command that installs ${name}`}
        kind="quiet"
        iconOnly
        className={styles.copy}
        data-card={titleId}
        tabIndex={tabStop ? 0 : -1}
      />
    </div>
  );
}
