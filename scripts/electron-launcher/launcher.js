/**
 * Stands in for Electron's default_app.asar: `electron [switches] [-r MODULE] APP [arguments]`.
 * Goes into `resources/app` of a runtime that has no default_app (see lib/electron-from-registry.mjs), so
 * that an app started there sees the same name, version, path and argv as under the stock runtime.
 *
 * The app is imported with top-level await: Electron holds back `ready` until its own entry point has
 * loaded, and so until the app's has.
 */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const require = createRequire(import.meta.url);

/** The app named in argv, and the modules to load before it (Playwright's `-r`). */
function parseArguments(argv) {
  const preloads = [];
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index];
    if (argument === '-r' || argument === '--require') {
      index += 1;
      preloads.push(argv[index]);
    } else if (!argument.startsWith('-')) {
      return { target: resolve(argument), preloads };
    }
  }
  return { target: undefined, preloads };
}

/** Makes the app look to itself as it does under default_app; returns its entry file. */
function adoptApp(target) {
  const folder = statSync(target).isDirectory() ? target : dirname(target);
  const manifestFile = join(folder, 'package.json');
  const manifest = existsSync(manifestFile) ? JSON.parse(readFileSync(manifestFile, 'utf8')) : {};
  if (manifest.version) app.setVersion(manifest.version);
  app.setName(manifest.productName ?? manifest.name ?? 'Electron');
  if (process.platform === 'linux') app.setDesktopName(manifest.desktopName ?? `${app.name}.desktop`);
  app.setAppPath(folder);
  return folder === target ? join(folder, manifest.main ?? 'index.js') : target;
}

const { target, preloads } = parseArguments(process.argv.slice(1));
if (target === undefined || !existsSync(target)) {
  process.stderr.write(`no app to load: ${target ?? 'name its folder on the command line'}\n`);
  app.exit(1);
} else {
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
  const entry = adoptApp(target);
  for (const module of preloads) require(module);
  try {
    await import(pathToFileURL(entry).href);
  } catch (error) {
    process.stderr.write(`${entry} failed to load: ${error instanceof Error ? error.stack : error}\n`);
    app.exit(1);
  }
}
