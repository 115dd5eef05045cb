import { EmptyState } from '../../components/EmptyState.js';

export function OverviewView() {
  return <EmptyState title="Overview" />;
}
