import type { ReactNode } from 'react';
import type { ErrorReport } from '../../../shared/errors.js';
import styles from './ErrorNotice.module.css';
import { Notice } from './Notice.js';

export interface ErrorNoticeProps {
  readonly error: ErrorReport;
  /** What failed, in front of the message. */
  readonly what?: string;
  readonly actions?: ReactNode;
}

/** What happened, what to do next, and the code to look up. */
export function ErrorNotice({ error, what, actions }: ErrorNoticeProps) {
  return (
    <Notice tone="bad" icon="alert" role="alert" actions={actions}>
      <p>
        {what !== undefined && <strong>{what}: </strong>}
        {error.message} <code className={styles.code}>{error.code}</code>
      </p>
      {error.hint !== undefined && <p className={styles.hint}>{error.hint}</p>}
    </Notice>
  );
}
