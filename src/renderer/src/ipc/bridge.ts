import type { ResonanceBridge } from '../../../shared/ipc.js';

declare global {
  interface Window {
    readonly resonance?: ResonanceBridge;
  }
}

/** What preload exposed. Its absence means that preload failed: there is nothing the window could show then. */
export function windowBridge(): ResonanceBridge {
  const bridge = window.resonance;
  if (bridge === undefined)
    throw new Error('The window is not connected to the node: its preload did not run.');
  return bridge;
}
