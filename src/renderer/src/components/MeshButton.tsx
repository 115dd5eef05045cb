import { useStores } from '../stores/stores-context.js';
import { Button, type ButtonProps } from './Button.js';
import { useReadOnlyReason } from './use-read-only.js';

/**
 * A button for what changes the cluster or other nodes. Under a read-only profile it stays in reach of pointer and
 * keyboard, and says why it does nothing.
 */
export function MeshButton(props: ButtonProps) {
  const { toasts } = useStores();
  const reason = useReadOnlyReason();
  if (reason === null) return <Button {...props} />;
  return (
    <Button
      {...props}
      type="button"
      icon="lock"
      disabled={false}
      aria-disabled="true"
      title={reason}
      onClick={() => toasts.getState().show('info', 'This cluster is only watched', reason)}
    />
  );
}
