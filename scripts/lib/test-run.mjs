/** The steps of `npm test`. A step that fails does not stop the others: one run reports all there is. */

import { mkdir } from 'node:fs/promises';
import { buildBundles, buildDeclarations } from './build.mjs';
import { displayPackages, electronLibraries, provideDebianPackages, testTools } from './debian.mjs';
import { installDependencies } from './dependencies.mjs';
import { hasDisplay, startVirtualDisplay } from './display.mjs';
import { provideElectron } from './electron.mjs';
import { inProject } from './project.mjs';
import { run, runBin } from './run.mjs';
import { createSteps } from './steps.mjs';
import { exitCodeOf, formatCounts, noTests, sumCounts } from './test-counts.mjs';
import { runPlaywright, runVitest } from './test-suites.mjs';

const parts = ['static', 'unit', 'integration', 'e2e'];

/** Settings of the developer's own node and editor, which must not leak into the tests. */
const foreignSettings = [
  'RESONANCE_CONFIG',
  'RESONANCE_DATA_DIR',
  'KAFKA_BROKERS',
  'LOG_LEVEL',
  'ELECTRON_RUN_AS_NODE',
];

const passed = { ...noTests, passed: 1 };
const failed = { ...noTests, failed: 1 };

/** Biome colours its output even when it goes to a file. */
const plainColors = process.stdout.isTTY ? [] : ['--colors=off'];

/** Each is counted like one test. */
const staticChecks = [
  {
    name: 'Format and lint',
    check: () => runBin('@biomejs/biome', ['ci', '.', ...plainColors], { bin: 'biome' }),
  },
  { name: 'Types', check: () => runBin('typescript', ['--noEmit'], { bin: 'tsc' }) },
  { name: 'Dead code', check: () => runBin('knip', ['--no-progress']) },
  { name: 'Walls', check: () => run(process.execPath, [inProject('scripts', 'check-walls.mjs')]) },
];

/**
 * @param {string[]} args
 * @returns {{ only: Set<string>, filters: string[], secondTry: boolean }} the parts to run, what test files are to match,
 *   and whether what fails outside of the unit tests is tried again
 * @throws on an unknown option or part
 */
export function parseTestArguments(args) {
  const only = new Set();
  const filters = [];
  let secondTry = true;
  for (const argument of args) {
    if (argument.startsWith('--only=')) {
      for (const part of argument.slice('--only='.length).split(',')) {
        if (!parts.includes(part)) throw new Error(`--only takes ${parts.join(', ')}, not '${part}'`);
        only.add(part);
      }
    } else if (argument === '--no-second-try') {
      secondTry = false;
    } else if (argument.startsWith('-')) {
      throw new Error(
        `unknown option ${argument}: there is --only=${parts.join('|')}, --no-second-try, and words to filter by`,
      );
    } else {
      filters.push(argument);
    }
  }
  if (only.size === 0) for (const part of filters.length > 0 ? parts.slice(1) : parts) only.add(part);
  return { only, filters, secondTry };
}

/** One run's steps, and the results they add up to. */
function createSession() {
  const { say, step } = createSteps();
  const results = [];
  const secondTries = [];
  const record = (name, counts) => results.push({ name, counts });

  /** A step that counts as one test, and shows its output only when it fails. */
  const check = async (name, action) => {
    try {
      await step(name, action);
      record(name, passed);
      return true;
    } catch (error) {
      process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
      record(name, failed);
      return false;
    }
  };

  /** A step that is not a test, but fails the run when it fails. */
  const prepare = async (name, action) => {
    try {
      return await step(name, action);
    } catch (error) {
      process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
      record(name, failed);
      return undefined;
    }
  };

  return { say, step, check, prepare, record, results, secondTries };
}

/** Debian's packages: what the window needs (false when it cannot be had), and what tests talk to the app with. */
async function prepareMachine(session, needsWindow) {
  const provided = await session.prepare('Libraries', async (report) => {
    if (!needsWindow) return 'not needed';
    const found = await provideDebianPackages([...electronLibraries, ...displayPackages], report);
    if (found.missing.length > 0 && !hasDisplay()) throw new Error(found.summary);
    return found;
  });
  await session.prepare('Tools', async (report) => {
    const { missing, summary } = await provideDebianPackages(testTools, report);
    return missing.length > 0 ? `${summary} (tests that need them are skipped)` : summary;
  });
  return provided !== undefined;
}

/** An Xvfb wherever there is one, so that tests do not flash windows at people; else the user's display. */
async function openDisplay() {
  const usersOwn = { env: {}, close: async () => {}, summary: "the user's" };
  if (process.platform !== 'linux') return usersOwn;
  try {
    const display = await startVirtualDisplay();
    return { ...display, summary: `a virtual one (Xvfb ${display.env.DISPLAY})` };
  } catch (error) {
    if (!hasDisplay()) throw error;
    return { ...usersOwn, summary: `the user's (${error.message})` };
  }
}

async function runEndToEnd(session, { filters, env, secondTry }, ready) {
  const electron = await session.prepare('Electron', provideElectron);
  if (!ready || electron === undefined) {
    session.say('Tests (e2e): not run, what they need is missing (see above)');
    return;
  }
  const runtime = electron.distFolder ? { ELECTRON_OVERRIDE_DIST_PATH: electron.distFolder } : {};
  const display = await session.prepare('Display', () => openDisplay());
  if (display === undefined) return;
  try {
    await runPlaywright(session, { filters, env: { ...env, ...runtime, ...display.env }, secondTry });
  } finally {
    await display.close();
  }
}

async function runStaticChecks(session) {
  for (const { name, check } of staticChecks) {
    await session.check(name, async () => {
      const { code, output } = await check();
      if (code !== 0) throw new Error(output.trim());
      return 'passed';
    });
  }
}

/** What the tests inherit from us, without the settings of the developer's own node. */
function testEnvironment() {
  const env = { ...process.env };
  for (const name of foreignSettings) delete env[name];
  return env;
}

/**
 * @param {string[]} args command line after the script's name
 * @returns {Promise<number>} exit code
 */
export async function runTests(args) {
  const { only, filters, secondTry } = parseTestArguments(args);
  const session = createSession();
  const runsTests = parts.slice(1).some((part) => only.has(part));
  const [machineReady] = await Promise.all([
    runsTests ? prepareMachine(session, only.has('e2e')) : true,
    session.step('Dependencies', installDependencies),
  ]);
  await mkdir(inProject('test-results'), { recursive: true });

  if (only.has('static')) await runStaticChecks(session);
  if (runsTests) {
    const env = testEnvironment();
    const built = await session.check('Build', buildBundles);
    await session.check('Declarations', buildDeclarations);
    const projects = ['unit', 'integration'].filter((project) => only.has(project));
    if (projects.length > 0) await runVitest(session, { projects, filters, env, secondTry });
    if (only.has('e2e')) await runEndToEnd(session, { filters, env, secondTry }, machineReady && built);
  }

  for (const test of session.secondTries) session.say(`Passed only at the second try: ${test}`);
  const total = sumCounts(session.results.map(({ counts }) => counts));
  for (const { name, counts } of session.results) {
    if (counts.failed > 0) session.say(`${name}: ${formatCounts(counts)}`);
  }
  process.stdout.write(`${formatCounts(total)}\n`);
  return exitCodeOf(total);
}
