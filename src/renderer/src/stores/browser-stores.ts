import { windowBridge } from '../ipc/bridge.js';
import { createStores, type Stores } from './create-stores.js';
import { isViewId } from './ui-store.js';

/** The stores of this window. @throws when preload did not run */
export function createBrowserStores(): Stores {
  const view = window.location.hash.replace(/^#\/?/, '');
  return createStores({
    bridge: windowBridge(),
    // React renders store changes in a microtask; a task later the batch is on its way to the screen. An animation
    // frame would be exacter and would stop the feed of a hidden window, alerts included.
    afterRender: (action) => setTimeout(action, 0),
    prefersDark: () => window.matchMedia('(prefers-color-scheme: dark)').matches,
    ...(isViewId(view) ? { initialView: view } : {}),
    wallMs: () => Date.now(),
    every(intervalMs, action) {
      const timer = setInterval(action, intervalMs);
      return () => clearInterval(timer);
    },
    isHidden: () => document.hidden,
    onVisibilityChange(listener) {
      document.addEventListener('visibilitychange', listener);
      return () => document.removeEventListener('visibilitychange', listener);
    },
  });
}
