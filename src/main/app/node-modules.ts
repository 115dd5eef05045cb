/* What makes up the node, in one chunk of the bundle, so that it is loaded in one go. */

export { createResonanceNode } from '../pipeline/create-resonance-node.js';
export { parseSettingsArguments } from '../settings/command-line.js';
export { settingsFromEnvironment } from '../settings/environment.js';
export { SecretStore } from '../settings/secret-store.js';
export { SettingsStore } from '../settings/settings-store.js';
