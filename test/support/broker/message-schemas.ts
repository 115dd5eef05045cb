import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { apacheKafkaLibraries, apacheKafkaVersion } from '../apache-kafka-distribution.js';
import { readZipEntries } from './zip-entries.js';

/*
 * Apache Kafka's own description of its messages, a JSON file each, from which its clients and servers are generated
 * (https://github.com/apache/kafka/tree/trunk/clients/src/main/resources/common/message). They ship in its client's jar.
 */

/** One field; `fields` when it is a structure defined in place. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly taggedVersions?: string | undefined;
  readonly nullableVersions?: string | undefined;
  readonly flexibleVersions?: string | undefined;
  readonly fields?: readonly SchemaField[] | undefined;
}

const fieldSchema: z.ZodType<SchemaField> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    versions: z.string(),
    taggedVersions: z.string().optional(),
    nullableVersions: z.string().optional(),
    flexibleVersions: z.string().optional(),
    fields: z.array(fieldSchema).optional(),
  }),
);

/** Of a message that Apache Kafka has given up nothing but its name is left. */
const messageSchema = z.object({
  name: z.string(),
  validVersions: z.string(),
  flexibleVersions: z.string().default('none'),
  fields: z.array(fieldSchema).default([]),
  commonStructs: z.array(z.object({ name: z.string(), fields: z.array(fieldSchema) })).default([]),
});

export type MessageSchema = z.infer<typeof messageSchema>;

/** Whether `version` is in a range as the schemas write it: `3+`, `2-5`, `4`, `none`. */
export function isInVersions(range: string | undefined, version: number): boolean {
  if (range === undefined || range === 'none') return false;
  if (range.endsWith('+')) return version >= Number(range.slice(0, -1));
  const [first, last = first] = range.split('-');
  return version >= Number(first) && version <= Number(last);
}

/** The schemas of all messages, by name (`FetchRequest`). */
export async function readMessageSchemas(): Promise<ReadonlyMap<string, MessageSchema>> {
  const jar = join(await apacheKafkaLibraries(), `kafka-clients-${apacheKafkaVersion}.jar`);
  const entries = readZipEntries(await readFile(jar), (name) =>
    /^common\/message\/\w+(Request|Response)\.json$/.test(name),
  );
  const schemas = new Map<string, MessageSchema>();
  for (const text of entries.values()) {
    const parsed = messageSchema.parse(JSON.parse(withoutComments(text.toString())));
    schemas.set(parsed.name, parsed);
  }
  return schemas;
}

/** The files carry line comments, at the end of lines too, and no string in them holds `//` after a blank. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\/.*$/gm, '').replace(/\s\/\/ .*$/gm, '');
}
