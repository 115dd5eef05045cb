import { useEffect } from 'react';
import { useStores } from '../stores/stores-context.js';
import { views } from '../views/registry.js';

/** Shortcuts that work everywhere: Ctrl/Cmd with a digit shows a view, with K opens Compose. */
export function useShortcuts(): void {
  const { ui } = useStores();
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      const view = views.find((candidate) => candidate.shortcut === `Mod+${event.key}`);
      if (view !== undefined) ui.getState().show(view.id);
      else if (event.key.toLowerCase() === 'k') ui.getState().openCompose();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [ui]);
}
