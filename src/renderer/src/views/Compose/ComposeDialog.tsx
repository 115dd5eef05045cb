import { Dialog } from '../../components/Dialog.js';

export function ComposeDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Compose" placement="drawer" onClose={onClose}>
      <p />
    </Dialog>
  );
}
