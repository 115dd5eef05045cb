import { useEffect } from 'react';
import { useStoreState, useStores } from '../stores/stores-context.js';
import type { Toast, ToastTone } from '../stores/toasts-store.js';
import { Button, IconButton } from './Button.js';
import { classNames } from './class-names.js';
import { Icon, type IconName } from './Icon.js';
import styles from './Toasts.module.css';

const icons: Readonly<Record<ToastTone, IconName>> = { success: 'check', info: 'bell', error: 'alert' };
const shownMs = 5_000;
/** There is something to do, so there must be time to read it and to get there. */
const shownWithActionMs = 15_000;

/** Outcomes of what the operator did. Good news leaves by itself; errors stay until they are dismissed. */
export function Toasts() {
  const toasts = useStoreState('toasts', (state) => state.toasts);
  return (
    <section className={styles.stack} aria-label="Notifications" aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { readonly toast: Toast }) {
  const { dismiss } = useStores().toasts.getState();
  useEffect(() => {
    if (toast.tone === 'error') return;
    const timer = setTimeout(() => dismiss(toast.id), toast.action === null ? shownMs : shownWithActionMs);
    return () => clearTimeout(timer);
  }, [toast, dismiss]);
  return (
    <div
      className={classNames(styles.toast, styles[toast.tone])}
      role={toast.tone === 'error' ? 'alert' : 'status'}
    >
      <Icon name={icons[toast.tone]} />
      <div className={styles.words}>
        <p>{toast.message}</p>
        {toast.hint !== null && <p className={styles.hint}>{toast.hint}</p>}
      </div>
      {toast.action !== null && (
        <Button
          onClick={() => {
            dismiss(toast.id);
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton icon="close" label="Dismiss" onClick={() => dismiss(toast.id)} />
    </div>
  );
}
