import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './Button.js';
import { classNames } from './class-names.js';
import styles from './Dialog.module.css';

export interface DialogProps {
  readonly title: string;
  /** `drawer`: full height at the right edge. Default `centre`. */
  readonly placement?: 'centre' | 'drawer';
  /** Escape, the backdrop or the close button. */
  onClose(): void;
  /** Keys pressed anywhere in the dialog. */
  onKeyDown?(event: KeyboardEvent): void;
  readonly children: ReactNode;
}

/**
 * A modal dialog while it is rendered: the browser keeps focus inside and gives it back at the end. It starts at the
 * element marked with `data-autofocus`.
 */
export function Dialog({ title, placement = 'centre', onClose, onKeyDown, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={classNames(styles.dialog, styles[placement])}
      aria-labelledby={id}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={styles.frame}>
        <header className={styles.header}>
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label="Close (Esc)" onClick={onClose} />
        </header>
        <div className={styles.body}>{children}</div>
      </div>
    </dialog>
  );
}
