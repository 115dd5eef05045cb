import { useEffect } from 'react';
import { useStoreState, useStores } from '../../stores/stores-context.js';

/** The peer whose dialog is open; without a name a new one. */
export interface PeerTarget {
  readonly name: string | null;
}

/** Id of the control of a setting. */
export function controlId(path: string): string {
  return `setting-${path}`;
}

/**
 * Brings the setting into sight that another view asked for: its control gets the focus, a peer's dialog opens.
 *
 * @param showAll called before, so that no search hides it
 */
export function useSettingsFocus(showAll: () => void, openPeer: (target: PeerTarget) => void): void {
  const { ui } = useStores();
  const wanted = useStoreState('ui', (state) => state.settingsFocus);

  useEffect(() => {
    if (wanted === null) return;
    ui.getState().show('settings');
    const [section, name] = wanted.split('.');
    if (section === 'peers') {
      openPeer({ name: name ?? null });
      return;
    }
    showAll();
    // The row may only be there after the search is gone.
    requestAnimationFrame(() => focusSetting(wanted));
  }, [wanted, ui, openPeer, showAll]);
}

export function focusSetting(path: string): void {
  const control = document.getElementById(controlId(path));
  control?.scrollIntoView({ block: 'center' });
  control?.focus({ preventScroll: true });
}
