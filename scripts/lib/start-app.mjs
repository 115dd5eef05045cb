/** The steps of `npm start`. */

import { isAbsolute, resolve } from 'node:path';
import { buildBundles } from './build.mjs';
import { displayPackages, electronLibraries, provideDebianPackages } from './debian.mjs';
import { installDependencies } from './dependencies.mjs';
import { hasDisplay, startVirtualDisplay } from './display.mjs';
import { provideElectron } from './electron.mjs';
import { runInForeground } from './foreground.mjs';
import { inProject, projectRoot } from './project.mjs';
import { createSteps } from './steps.mjs';

/** Options whose value is a file or folder: relative to where the user stands, not to the project. */
const pathOptions = new Set(['--screenshot', '--config', '--data-dir']);

/**
 * Splits the command line into what is ours and what the app gets, with paths made absolute: npm runs us
 * in the project's folder, wherever the user was.
 *
 * @param {string[]} args
 * @param {string} from the folder the user stands in
 */
export function parseStartArguments(args, from) {
  const appArguments = [];
  let headless = false;
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index];
    const [name, value] = argument.split(/=(.*)/s, 2);
    if (argument === '--headless') {
      headless = true;
    } else if (pathOptions.has(name) && value !== undefined) {
      appArguments.push(name, toAbsolute(value, from));
    } else if (pathOptions.has(argument) && args[index + 1] !== undefined) {
      index += 1;
      appArguments.push(argument, toAbsolute(args[index], from));
    } else {
      appArguments.push(argument);
    }
  }
  return { headless, appArguments };
}

function toAbsolute(path, from) {
  return isAbsolute(path) ? path : resolve(from, path);
}

/** Everything that the window needs, fetched side by side: Debian's packages wait for nothing of npm's. */
async function provideRuntime({ step }, needsDisplay) {
  const libraries = needsDisplay ? [...electronLibraries, ...displayPackages] : electronLibraries;
  const [electron] = await Promise.all([
    step('Dependencies', installDependencies).then(() => step('Electron', provideElectron)),
    step('Libraries', (report) => provideDebianPackages(libraries, report)),
  ]);
  return electron;
}

async function openWindow(appArguments, steps) {
  const { step, say } = steps;
  const needsDisplay = !hasDisplay();
  const electron = await provideRuntime(steps, needsDisplay);
  await step('Build', buildBundles);

  const switches = [];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    say(
      'Warning: running as root, where Chromium cannot set up its sandbox: it is off (--no-sandbox). Prefer an ordinary user.',
    );
    switches.push('--no-sandbox');
  }
  let display;
  if (needsDisplay) {
    display = await startVirtualDisplay({ survivesInterrupt: true });
    say(`No display here: the window opens on a virtual one (Xvfb ${display.env.DISPLAY}).`);
    // Where there is no display there is no desktop bus either, and Chromium complains of it again and again.
    switches.push('--log-level=3');
  }
  say('Opening the window');
  const env = { ...process.env, ...display?.env };
  // Set in some editors' terminals; it would make Electron run as plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  try {
    return await runInForeground(electron.executable, [...switches, projectRoot, ...appArguments], { env });
  } finally {
    await display?.close();
  }
}

/**
 * @param {string[]} args command line after the script's name
 * @returns {Promise<number>} the app's exit code
 */
export async function start(args) {
  const steps = createSteps();
  const { headless, appArguments } = parseStartArguments(args, process.env.INIT_CWD ?? process.cwd());
  if (!headless) return openWindow(appArguments, steps);
  await steps.step('Dependencies', installDependencies);
  await steps.step('Build', buildBundles);
  steps.say('Starting the node without a window');
  return runInForeground(process.execPath, [inProject('out', 'main', 'cli.js'), 'start', ...appArguments]);
}
