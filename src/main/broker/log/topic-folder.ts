import { join } from 'node:path';
import { readWholeFile, syncDirectory, writeFileAtomically } from '../../storage/atomic-file.js';
import { decodeCheckedJson, encodeCheckedJson } from '../../storage/checked-json.js';
import type { FileSystem } from '../../storage/file-system.js';
import type { StorageEventListener } from '../../storage/storage-event.js';
import { changeOverrides, type TopicConfigOverrides } from './topic-config.js';
import { checkTopicName } from './topic-name.js';

/** What a topic's folder says about it. */
export interface TopicRecord {
  readonly name: string;
  readonly partitionCount: number;
  readonly overrides: TopicConfigOverrides;
}

const RECORD_FILE = 'topic.json';
const DELETED_SUFFIX = '.deleted';
/** Names of 249 characters and an id would be too long for a file system. The name is for people; topic.json counts. */
const MAX_NAME_PART = 100;

/** A folder name that no earlier topic of that name had: a deleted topic's files never come back in a new one. */
export function topicFolderName(name: string, uniqueId: string): string {
  return `${name.slice(0, MAX_NAME_PART)}-${uniqueId}`;
}

export function partitionFolder(topicFolder: string, partition: number): string {
  return join(topicFolder, String(partition));
}

/** Makes the topic exist, or changes it: it is as this file says from the moment it is renamed into place. */
export async function writeTopicRecord(
  folder: string,
  record: TopicRecord,
  fileSystem: FileSystem,
): Promise<void> {
  await fileSystem.makeDirectory(folder);
  await writeFileAtomically(join(folder, RECORD_FILE), encodeCheckedJson(record), { fileSystem });
}

/** The topic is gone from the moment its folder is renamed; what is left of it is removed then or on the next opening. */
export async function removeTopicFolder(
  topicsDirectory: string,
  folder: string,
  fileSystem: FileSystem,
): Promise<void> {
  const deleted = folder + DELETED_SUFFIX;
  await fileSystem.rename(folder, deleted);
  await syncDirectory(fileSystem, topicsDirectory);
  await fileSystem.remove(deleted);
}

/**
 * The topics in the folder, by their folders. Leftovers of creations and deletions that did not finish are removed.
 * A topic whose record is damaged is read back from its folder, with retention off so that nothing of it is deleted.
 */
export async function readTopicFolders(
  topicsDirectory: string,
  fileSystem: FileSystem,
  onEvent: StorageEventListener,
): Promise<Map<string, TopicRecord>> {
  await fileSystem.makeDirectory(topicsDirectory);
  const topics = new Map<string, TopicRecord>();
  for (const folderName of (await fileSystem.list(topicsDirectory)).sort()) {
    const folder = join(topicsDirectory, folderName);
    const content = folderName.endsWith(DELETED_SUFFIX)
      ? undefined
      : await readWholeFile(join(folder, RECORD_FILE), fileSystem);
    if (!content) {
      await fileSystem.remove(folder);
      continue;
    }
    const record = parseTopicRecord(content);
    if (record) {
      topics.set(folder, record);
      continue;
    }
    const rebuilt = await rebuildTopicRecord(folder, folderName, fileSystem);
    topics.set(folder, rebuilt);
    onEvent({
      level: 'error',
      kind: 'damage-found',
      message: `${RECORD_FILE} in ${folder} is damaged: the topic is opened as ${rebuilt.name} with ${rebuilt.partitionCount} partitions, default settings and no retention`,
      details: { path: join(folder, RECORD_FILE) },
    });
  }
  return topics;
}

function parseTopicRecord(content: Buffer): TopicRecord | undefined {
  try {
    const parsed = decodeCheckedJson(content);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { name, partitionCount, overrides } = parsed as Partial<Record<keyof TopicRecord, unknown>>;
    if (typeof name !== 'string' || typeof partitionCount !== 'number') return undefined;
    if (!Number.isSafeInteger(partitionCount) || partitionCount < 1) return undefined;
    if (typeof overrides !== 'object' || overrides === null) return undefined;
    checkTopicName(name);
    return { name, partitionCount, overrides: changeOverrides({}, overrides as TopicConfigOverrides) };
  } catch {
    // Damaged, or names and settings that could never have been written: as the caller reports.
    return undefined;
  }
}

async function rebuildTopicRecord(
  folder: string,
  folderName: string,
  fileSystem: FileSystem,
): Promise<TopicRecord> {
  const partitions = (await fileSystem.list(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
  return {
    name: folderName.slice(0, folderName.lastIndexOf('-')),
    partitionCount: Math.max(0, ...partitions) + 1,
    overrides: { 'retention.ms': '-1' },
  };
}
