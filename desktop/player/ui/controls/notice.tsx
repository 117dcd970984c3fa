import { CircleHelp, CloudOff, MonitorOff, PackageSearch, RefreshCw, SearchX, UsersRound } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './notice.module.css';

const marks = {
  lost: CircleHelp,
  offline: CloudOff,
  unsupported: MonitorOff,
  nothing: PackageSearch,
  unfound: SearchX,
  full: UsersRound,
  reload: RefreshCw,
};
export type NoticeMark = keyof typeof marks;

interface NoticeProps {
  mark: NoticeMark;
  title: string;
  /** `page`: fills the window; `part`: stands within a page. */
  as?: 'page' | 'part';
  children: ReactNode;
}

/** One calm panel that says what is the matter and what to do. */
export function Notice({ mark, title, as = 'page', children }: NoticeProps) {
  const Mark = marks[mark];
  return (
    <div className={as === 'page' ? styles.page : styles.part} role="status">
      <div className={styles.notice}>
        <Mark className={styles.mark} aria-hidden strokeWidth={1.5} />
        <h1>{title}</h1>
        {children}
      </div>
    </div>
  );
}
