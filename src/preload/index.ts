import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { channels } from '../shared/channels.js';
import type { ResonanceBridge } from '../shared/ipc.js';

/** Hands over the payload alone: the event holds `ipcRenderer`'s sender, which the page must not get. */
function subscribe<T>(channel: string, listener: (payload: T) => void): () => void {
  const forward = (_event: IpcRendererEvent, payload: T): void => listener(payload);
  ipcRenderer.on(channel, forward);
  return () => {
    ipcRenderer.removeListener(channel, forward);
  };
}

const bridge: ResonanceBridge = {
  invoke: (name, parameters) => ipcRenderer.invoke(channels.invoke, name, parameters),
  onFeed: (listener) => subscribe(channels.feed, listener),
  onEvent: (listener) => subscribe(channels.event, listener),
};

contextBridge.exposeInMainWorld('resonance', bridge);
