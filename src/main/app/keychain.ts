import { safeStorage } from 'electron';
import type { Keychain } from '../settings/secret-store.js';

/**
 * The system's keychain through Electron: Keychain on macOS, DPAPI on Windows, Secret Service or KWallet on Linux. Where
 * Linux has none, Electron would encrypt with a password that is in its source (`basic_text`): that is refused.
 */
export function createSystemKeychain(): Keychain {
  return {
    get refusal() {
      if (!safeStorage.isEncryptionAvailable()) return 'this system offers no keychain';
      const isPlain =
        process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
      return isPlain
        ? 'this desktop has no keychain (Secret Service or KWallet), and without one a saved secret could be read by anybody'
        : null;
    },
    encrypt: (text) => safeStorage.encryptString(text),
    decrypt: (bytes) => safeStorage.decryptString(bytes),
  };
}
