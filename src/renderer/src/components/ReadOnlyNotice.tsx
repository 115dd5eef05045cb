import { Notice } from './Notice.js';
import { useReadOnlyReason } from './use-read-only.js';

/** In front of a form that could not be sent now: why. */
export function ReadOnlyNotice() {
  const reason = useReadOnlyReason();
  if (reason === null) return null;
  return (
    <Notice tone="warning" icon="lock" role="status">
      {reason}
    </Notice>
  );
}
