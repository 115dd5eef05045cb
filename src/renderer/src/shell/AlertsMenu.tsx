import type { Alert } from '../../../shared/feed.js';
import { Age } from '../components/Age.js';
import { classNames } from '../components/class-names.js';
import { ErrorNotice } from '../components/ErrorNotice.js';
import { Icon } from '../components/Icon.js';
import { Popover } from '../components/Popover.js';
import { StateMark, type Tone } from '../components/StateMark.js';
import { useStoreState } from '../stores/stores-context.js';
import styles from './AlertsMenu.module.css';

const tones: Readonly<Record<Alert['severity'], Tone>> = { error: 'bad', warning: 'warning', info: 'idle' };
const order: Readonly<Record<Alert['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** What the operator should know about, worst first. */
export function AlertsMenu() {
  const alerts = useStoreState('status', (state) => state.alerts);
  const feedError = useStoreState('status', (state) => state.feedError);
  const sorted = [...alerts].sort((a, b) => order[a.severity] - order[b.severity] || b.atMs - a.atMs);
  const count = alerts.length + (feedError === null ? 0 : 1);
  const worst = feedError === null ? sorted[0]?.severity : 'error';
  return (
    <Popover
      align="right"
      label={count === 0 ? 'No alerts' : count === 1 ? '1 alert' : `${count} alerts`}
      trigger={
        <>
          <Icon name="bell" />
          {worst !== undefined && (
            <span className={classNames(styles.count, styles[worst])}>
              <StateMark tone={tones[worst]} />
              {count}
            </span>
          )}
        </>
      }
    >
      <div className={styles.panel}>
        {feedError !== null && <ErrorNotice error={feedError} what="This window is not up to date" />}
        {count === 0 && <p className={styles.none}>Nothing needs your attention.</p>}
        <ul>
          {sorted.map((alert) => (
            <li key={alert.key} className={styles.alert}>
              <StateMark tone={tones[alert.severity]} />
              <div>
                <p>{alert.message}</p>
                {alert.hint !== null && <p className={styles.hint}>{alert.hint}</p>}
                <p className={styles.when}>
                  {alert.severity} · <Age atMs={alert.atMs} suffix="ago" />
                </p>
              </div>
            </li>
          ))}
        </ul>
      </div>
    </Popover>
  );
}
