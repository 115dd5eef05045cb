import type { ReactNode } from 'react';
import table from './table.module.css';

export interface RowButtonProps {
  /** What it opens, as the tooltip. */
  readonly title: string;
  readonly children: ReactNode;
  onClick(): void;
}

/** What a row of a table is about, and the way to it with the keyboard. */
export function RowButton({ title, children, onClick }: RowButtonProps) {
  return (
    <button type="button" className={table.open} title={title} onClick={onClick}>
      {children}
    </button>
  );
}
