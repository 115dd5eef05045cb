/** Checks the Node.js that runs the scripts. Imports nothing, so that it also loads on an old one. */

/** The oldest Node.js for the scripts, as in package.json `engines`. */
const minimumNodeVersion = '20.19.0';

/**
 * @param {string} version as in `process.versions.node`
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const parts = version.split('.').map(Number);
  const wanted = minimum.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    if (parts[index] !== part) return parts[index] > part;
  }
  return true;
}

/** @throws when Node.js is too old */
export function checkNodeVersion() {
  const { node } = process.versions;
  if (isAtLeast(node, minimumNodeVersion)) return `Node.js ${node}`;
  throw new Error(
    `Node.js ${minimumNodeVersion} or newer is needed, this is ${node}: see https://nodejs.org`,
  );
}
