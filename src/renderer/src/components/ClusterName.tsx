import { clusterWords } from '../format/words.js';
import { useStoreState } from '../stores/stores-context.js';
import { MarkedName } from './MarkedName.js';
import { ProfileMark } from './ProfileMark.js';

/** A cluster by its profile's mark and name; the mark is hollow while another cluster is in use. */
export function ClusterName({ profile }: { readonly profile: string }) {
  const color = useStoreState('settings', (state) => state.settings?.config.profiles[profile]?.color);
  const isInUse = useStoreState('status', (state) => state.status?.profile.name === profile);
  const words = clusterWords(profile);
  return (
    <MarkedName
      mark={<ProfileMark color={color ?? 'grey'} isHollow={!isInUse} />}
      name={words}
      title={isInUse ? words : `${words}, not the cluster in use`}
    />
  );
}
