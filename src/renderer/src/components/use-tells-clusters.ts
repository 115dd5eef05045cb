import { useStoreState } from '../stores/stores-context.js';

/** Whether messages are kept of another cluster than the one in use: only then it matters which one each came over. */
export function useTellsClusters(): boolean {
  return useStoreState(
    'status',
    ({ status }) => status?.history.profiles.some((name) => name !== status.profile.name) ?? false,
  );
}
