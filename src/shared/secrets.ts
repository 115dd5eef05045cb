/**
 * What a cluster's security needs to know and no settings file, log or export may hold. `privateKey` is the client's key in
 * PEM, where it is not in a file.
 */
export const secretNames = ['password', 'keyPassphrase', 'clientSecret', 'privateKey'] as const;
export type SecretName = (typeof secretNames)[number];

/** Where a secret is kept: in the environment, encrypted with the system's keychain, or in memory until the app quits. */
export type SecretPlace = 'environment' | 'keychain' | 'session';

export interface SecretState {
  readonly name: SecretName;
  /** Null: not entered. */
  readonly place: SecretPlace | null;
}

/** The secrets of one profile (empty name: the kafka section), never their values. */
export interface SecretsView {
  readonly profile: string;
  readonly secrets: readonly SecretState[];
  /** Why secrets can't be kept beyond this session; null when they can. */
  readonly keychainRefusal: string | null;
}
