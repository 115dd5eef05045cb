import styles from './Kbd.module.css';

const isMac = navigator.userAgent.includes('Mac');

/** A shortcut such as `Mod+K`; `Mod` is Command on macOS and Control elsewhere. */
export function Kbd({ keys }: { readonly keys: string }) {
  return <kbd className={styles.kbd}>{shortcutText(keys)}</kbd>;
}

export function shortcutText(keys: string): string {
  return isMac ? keys.replace('Mod+', '⌘').replace('Shift+', '⇧') : keys.replace('Mod', 'Ctrl');
}
