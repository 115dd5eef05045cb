import { clusterLink, linkTrouble } from '../../components/cluster-link.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { LinkLabel } from '../../components/LinkLabel.js';
import { useStoreState } from '../../stores/stores-context.js';
import styles from './ProfilesPanel.module.css';

/** How the connection to the cluster in use stands. */
export function ActiveClusterLink() {
  const status = useStoreState('status', (state) => state.status);
  if (status === null) return null;
  return (
    <div className={styles.link}>
      <LinkLabel link={clusterLink(status)} />
    </div>
  );
}

/** A row of the table while the cluster in use is not connected: why, and what to do. */
export function ActiveClusterTrouble({ columns }: { readonly columns: number }) {
  const status = useStoreState('status', (state) => state.status);
  const link = status === null ? null : clusterLink(status);
  const trouble = link === null ? null : linkTrouble(link);
  if (trouble === null) return null;
  return (
    <tr>
      <td colSpan={columns}>
        <ErrorNotice error={trouble} />
      </td>
    </tr>
  );
}
