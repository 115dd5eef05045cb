import { classNames } from '../components/class-names.js';
import { Icon } from '../components/Icon.js';
import { Kbd, shortcutText } from '../components/Kbd.js';
import { WaveMark } from '../components/WaveMark.js';
import { useStoreState } from '../stores/stores-context.js';
import { views } from '../views/registry.js';
import { useDeliveryBadge } from './delivery-badge.js';
import styles from './Rail.module.css';

/** The views. In a narrow window only icons are left. */
export function Rail() {
  const current = useStoreState('ui', (state) => state.view);
  const show = useStoreState('ui', (state) => state.show);
  const app = useStoreState('status', (state) => state.app);
  const deliveryBadge = useDeliveryBadge();
  return (
    <nav className={styles.rail} aria-label="Views">
      <div className={styles.brand}>
        <WaveMark />
        <span className={styles.label}>Resonance</span>
      </div>
      <ul>
        {views.map((view) => {
          const badge = view.id === 'delivery' ? deliveryBadge : null;
          const label = badge === null ? view.title : `${view.title}: ${badge.words}`;
          return (
            <li key={view.id}>
              <button
                type="button"
                className={styles.entry}
                aria-current={view.id === current ? 'page' : undefined}
                aria-label={label}
                title={`${label} (${shortcutText(view.shortcut)})`}
                onClick={() => show(view.id)}
              >
                <Icon name={view.icon} />
                <span className={styles.label}>{view.title}</span>
                {badge === null ? (
                  <span className={styles.shortcut}>
                    <Kbd keys={view.shortcut} />
                  </span>
                ) : (
                  <span className={classNames(styles.badge, badge.isUrgent && styles.urgent)}>
                    {badge.text}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
      {app !== null && <p className={styles.version}>{app.version}</p>}
    </nav>
  );
}
