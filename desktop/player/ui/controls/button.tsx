import type { ComponentProps } from 'react';
import styles from './button.module.css';

/** `go`: the one main action; `plain`: any other; `quiet`: without a surface; `danger`: ends something. */
export type ButtonKind = 'go' | 'plain' | 'quiet' | 'danger';

export function Button({ kind = 'plain', className, ...rest }: ComponentProps<'button'> & { kind?: ButtonKind }) {
  return (
    <button type="button" {...rest} className={[styles.button, styles[kind], className].filter(Boolean).join(' ')} />
  );
}
