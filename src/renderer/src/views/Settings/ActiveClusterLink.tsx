import { clusterLink } from '../../components/cluster-link.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { LinkLabel } from '../../components/LinkLabel.js';
import { useStoreState } from '../../stores/stores-context.js';
import styles from './ProfilesPanel.module.css';

/** How the connection to the cluster in use stands; while it does not, why and what to do. */
export function ActiveClusterLink() {
  const status = useStoreState('status', (state) => state.status);
  if (status === null) return null;
  const link = clusterLink(status);
  return (
    <div className={styles.link}>
      <LinkLabel link={link} />
      {link.phase !== 'open' && link.lastError !== null && <ErrorNotice error={link.lastError} />}
    </div>
  );
}
