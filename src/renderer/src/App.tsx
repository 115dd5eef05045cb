import { useEffect } from 'react';
import styles from './App.module.css';
import { Chunk } from './components/Chunk.js';
import { createChunk } from './components/component-chunk.js';
import { Toasts } from './components/Toasts.js';
import { ViewBoundary } from './components/ViewBoundary.js';
import { QuittingOverlay } from './shell/QuittingOverlay.js';
import { Rail } from './shell/Rail.js';
import { TopBar } from './shell/TopBar.js';
import { useChunksAhead } from './shell/use-chunks-ahead.js';
import { useShortcuts } from './shell/use-shortcuts.js';
import type { Stores } from './stores/create-stores.js';
import { StoresContext, useStoreState } from './stores/stores-context.js';
import { views } from './views/registry.js';

const composeDialog = createChunk(
  async () => (await import('./views/Compose/ComposeDialog.js')).ComposeDialog,
);
/** In the order in which they are likely to be wanted. */
const chunks = [...views.map(({ view }) => view), composeDialog];

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
  useChunksAhead(chunks);
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
            <Chunk of={view.view} props={{}} />
          </ViewBoundary>
        )}
      </main>
      {composeOpen && (
        <ViewBoundary title="Compose">
          <Chunk of={composeDialog} props={{ onClose: closeCompose }} />
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
