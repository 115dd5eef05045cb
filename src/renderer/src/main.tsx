import './styles/tokens.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { describeError } from '../../shared/errors.js';
import { App } from './App.js';
import { createBrowserStores } from './stores/browser-stores.js';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

try {
  const stores = createBrowserStores();
  createRoot(root).render(
    <StrictMode>
      <App stores={stores} />
    </StrictMode>,
  );
  // The window's own failures show in the stores; connecting waits for nothing the first picture needs.
  void stores.connect();
} catch (error) {
  root.textContent = describeError(error);
}
