import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// The bundles run on the official Electron (45) and on the registry fallback (33, Node 20, Chromium 130).
const nodeTarget = 'node20';
const browserTarget = 'chrome130';

export default defineConfig({
  main: {
    build: {
      target: nodeTarget,
      minify: true,
      externalizeDeps: false,
      rollupOptions: {
        input: {
          index: path('src/main/index.ts'),
          cli: path('src/main/cli.ts'),
          node: path('src/main/node.ts'),
        },
        // Programs that import the package see the names of its classes.
        output: { keepNames: true },
      },
    },
  },
  preload: {
    build: {
      target: nodeTarget,
      externalizeDeps: false,
      rollupOptions: {
        input: { index: path('src/preload/index.ts') },
        // A sandboxed preload cannot be an ES module.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path('src/renderer'),
    plugins: [react()],
    build: {
      target: browserTarget,
      minify: true,
      rollupOptions: { input: { index: path('src/renderer/index.html') } },
    },
  },
});
