import { lazy, Suspense, useEffect } from 'react';
import styles from './App.module.css';
import { Toasts } from './components/Toasts.js';
import { ViewBoundary } from './components/ViewBoundary.js';
import { QuittingOverlay } from './shell/QuittingOverlay.js';
import { Rail } from './shell/Rail.js';
import { TopBar } from './shell/TopBar.js';
import { useShortcuts } from './shell/use-shortcuts.js';
import type { Stores } from './stores/create-stores.js';
import { StoresContext, useStoreState } from './stores/stores-context.js';
import { views } from './views/registry.js';

const ComposeDialog = lazy(async () => ({
  default: (await import('./views/Compose/ComposeDialog.js')).ComposeDialog,
}));

export function App({ stores }: { readonly stores: Stores }) {
  return (
    <StoresContext value={stores}>
      <Shell />
    </StoresContext>
  );
}

function Shell() {
  const viewId = useStoreState('ui', (state) => state.view);
  const composeOpen = useStoreState('ui', (state) => state.composeOpen);
  const closeCompose = useStoreState('ui', (state) => state.closeCompose);
  const view = views.find((candidate) => candidate.id === viewId) ?? views[0];
  useShortcuts();
  useTheme();
  useEffect(() => {
    // The address keeps the view through a reload.
    window.history.replaceState(null, '', `#/${viewId}`);
  }, [viewId]);

  return (
    <div className={styles.shell}>
      <Rail />
      <TopBar />
      <main className={styles.main} aria-label={view?.title}>
        {view !== undefined && (
          <ViewBoundary key={view.id} title={view.title}>
            <Suspense fallback={null}>
              <view.View />
            </Suspense>
          </ViewBoundary>
        )}
      </main>
      {composeOpen && (
        <ViewBoundary title="Compose">
          <Suspense fallback={null}>
            <ComposeDialog onClose={closeCompose} />
          </Suspense>
        </ViewBoundary>
      )}
      <Toasts />
      <QuittingOverlay />
    </div>
  );
}

/** `system` leaves the choice to the desktop; the tokens follow its colour scheme. */
function useTheme(): void {
  const theme = useStoreState('settings', (state) => state.settings?.config.window.theme);
  useEffect(() => {
    if (theme === undefined || theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
