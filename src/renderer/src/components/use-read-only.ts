import { useStoreState } from '../stores/stores-context.js';

/** Why nothing may be sent to or changed on the cluster and other nodes, as a sentence; null while it may. */
export function useReadOnlyReason(): string | null {
  const isReadOnly = useStoreState('status', (state) => state.status?.profile.readOnly ?? false);
  const profile = useStoreState('status', (state) => state.status?.profile.name ?? '');
  return isReadOnly
    ? `The profile ${profile} is read-only. Switch to another one at the top, or take its lock off under Settings.`
    : null;
}
