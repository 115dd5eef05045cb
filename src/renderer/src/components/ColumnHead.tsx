import type { ReactNode } from 'react';
import table from './table.module.css';

export interface ColumnHeadProps {
  /** Above figures, which stand at the right. */
  readonly isNumeric?: boolean;
  /** For the screen reader alone: the cells say by themselves what they are. */
  readonly isHidden?: boolean;
  readonly children: ReactNode;
}

/** The head of a column of a data table. */
export function ColumnHead({ isNumeric = false, isHidden = false, children }: ColumnHeadProps) {
  return (
    <th scope="col" className={isNumeric ? table.numeric : undefined}>
      {isHidden ? <span className="visually-hidden">{children}</span> : children}
    </th>
  );
}
