import type { ReactNode } from 'react';
import { classNames } from './class-names.js';
import { Icon, type IconName } from './Icon.js';
import styles from './Notice.module.css';

export interface NoticeProps {
  readonly tone: 'bad' | 'warning';
  readonly icon: IconName;
  /** `alert` interrupts a screen reader, `status` waits until it is silent, `note` is found when it is read. */
  readonly role: 'alert' | 'status' | 'note';
  /** Buttons that mend it. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Something to know before going on, where it matters. */
export function Notice({ tone, icon, role, actions, children }: NoticeProps) {
  return (
    <div className={classNames(styles.notice, styles[tone])} role={role}>
      <Icon name={icon} />
      <div className={styles.body}>
        <div className={styles.words}>{children}</div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
