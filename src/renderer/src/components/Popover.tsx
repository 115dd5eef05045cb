import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { classNames } from './class-names.js';
import styles from './Popover.module.css';

export interface PopoverProps {
  /** Content of the button that opens it. */
  readonly trigger: ReactNode;
  /** What the button opens, for the screen reader and the tooltip. */
  readonly label: string;
  readonly align?: 'left' | 'right';
  /** Draws the button as switched on. */
  readonly active?: boolean;
  /** What it shows; a function gets what closes the panel and gives the focus back. */
  readonly children: ReactNode | ((close: () => void) => ReactNode);
}

/** A button with a small panel below it; Escape, a click elsewhere or leaving it by Tab closes it. */
export function Popover({ trigger, label, align = 'left', active = false, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const closeOutside = (event: Event): void => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) setOpen(false);
    };
    document.addEventListener('pointerdown', closeOutside);
    document.addEventListener('focusin', closeOutside);
    return () => {
      document.removeEventListener('pointerdown', closeOutside);
      document.removeEventListener('focusin', closeOutside);
    };
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const closeOnEscape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    close();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears Escape bubble from the controls within.
    <div ref={root} className={styles.root} onKeyDown={closeOnEscape}>
      <button
        ref={button}
        type="button"
        className={classNames(styles.trigger, active && styles.active)}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </button>
      {open && (
        <div id={id} className={classNames(styles.panel, styles[align])}>
          {typeof children === 'function' ? children(close) : children}
        </div>
      )}
    </div>
  );
}
