/** Child processes: run one to its end, and how to call npm on this machine. */

import { spawn } from 'node:child_process';
import { inProject, readJson } from './project.mjs';

/**
 * @typedef {object} RunResult
 * @property {number} code exit code; 1 when a signal ended the process or it could not be started
 * @property {string} output what it wrote to stdout and stderr, in order of arrival ('' when inherited)
 */

/**
 * Runs a command to its end. Never rejects: a command that cannot be started has code 127.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, inherit?: boolean, timeoutMs?: number, shell?: boolean }} [options]
 *   `inherit` shows the output as it comes instead of collecting it; `timeoutMs` kills the process after
 *   that long (default: never)
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: options.inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      windowsHide: true,
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    const finish = (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') });
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${command}: ${error.message}\n`));
      finish(127);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}

/**
 * Runs the npm that started us, or else the one on the path.
 *
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function runNpm(args, options = {}) {
  const npmScript = process.env.npm_execpath;
  if (npmScript?.endsWith('npm-cli.js')) return run(process.execPath, [npmScript, ...args], options);
  // On Windows npm is a .cmd file, which only a shell can start; no argument here needs quoting.
  return run('npm', args, { ...options, shell: process.platform === 'win32' });
}

/**
 * Runs the command of an installed package in the project's folder, with our Node: no shell is needed.
 *
 * @param {string} name of the package
 * @param {string[]} args
 * @param {Parameters<typeof run>[2] & { bin?: string }} [options] `bin`: the command, where it is not called
 *   as the package
 */
export function runBin(name, args, { bin = name, ...options } = {}) {
  const bins = readJson(inProject('node_modules', name, 'package.json')).bin;
  const script = inProject('node_modules', name, typeof bins === 'string' ? bins : bins[bin]);
  return run(process.execPath, [script, ...args], { cwd: inProject(), ...options });
}
