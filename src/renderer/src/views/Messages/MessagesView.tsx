import { EmptyState } from '../../components/EmptyState.js';

export function MessagesView() {
  return <EmptyState title="Messages" />;
}
