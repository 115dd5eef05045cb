import { z } from 'zod';
import { profileColors } from './kafka-config.js';
import type { SecretName } from './secrets.js';

/** `taken` into the profile, `ignored` as it changes nothing here, `unsupported` where something has to be done about it. */
export type ImportOutcome = 'taken' | 'ignored' | 'unsupported';

/** What became of one key of a client's file. */
export interface ImportLine {
  readonly key: string;
  /** Counts from 1. */
  readonly line: number;
  readonly outcome: ImportOutcome;
  /** Where it went, or why it did not; never a secret's value. */
  readonly detail: string;
  /** What to do, as a sentence; null where nothing has to be done. */
  readonly hint: string | null;
}

/** What an import would do: shown before it is done. */
export interface ClientImportPreview {
  readonly syntax: 'java' | 'librdkafka';
  /** Made of the file's name; free to take. */
  readonly name: string;
  /** Of the profile that it proposes, by dot path below `profiles.NAME`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Secrets that the file holds. */
  readonly secrets: readonly SecretName[];
  /** A line for every key of the file, in its order. */
  readonly report: readonly ImportLine[];
  /** What is still missing before such a profile can connect. */
  readonly notes: readonly string[];
  /** Why secrets would last for this session only; null when the keychain keeps them. */
  readonly keychainRefusal: string | null;
}

/** Where the client's configuration comes from: a file of this machine, or text that was pasted. */
export const clientFileSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4_096) }),
  z.strictObject({ kind: z.literal('text'), text: z.string().max(262_144) }),
]);
export type ClientFileSource = z.infer<typeof clientFileSourceSchema>;

export const clientImportRequestSchema = z.strictObject({
  source: clientFileSourceSchema,
  /** Of the new profile. */
  name: z.string().max(63),
  color: z.enum(profileColors),
  readOnly: z.boolean(),
  /** In the place of those of the file; null for those. */
  brokers: z.array(z.string().max(300)).min(1).max(64).nullable(),
});
export type ClientImportRequest = z.infer<typeof clientImportRequestSchema>;
