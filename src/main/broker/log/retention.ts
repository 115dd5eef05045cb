import type { SegmentSummary } from '../../storage/append-log.js';
import type { TopicConfig } from './topic-config.js';

/**
 * The offset before which a partition's records may go: those of whole segments that are older than `retention.ms` or beyond
 * `retention.bytes`, oldest first. The last segment, which is still written to, goes only by age.
 *
 * A segment is as old as its largest timestamp, as for Apache Kafka, but never younger than its file: a sender's
 * clock that runs ten years ahead must not keep data for ten years.
 */
export async function expiredBefore(
  segments: readonly SegmentSummary[],
  config: Pick<TopicConfig, 'retentionMs' | 'retentionBytes'>,
  nowMs: number,
  lastModifiedMs: (path: string) => Promise<number>,
): Promise<number> {
  let remainingBytes = segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let offset = segments[0]?.baseSequence ?? 0;
  for (const [index, segment] of segments.entries()) {
    if (segment.sizeBytes === 0) break;
    const isLast = index === segments.length - 1;
    const isBeyondSize =
      !isLast && config.retentionBytes >= 0 && remainingBytes - segment.sizeBytes >= config.retentionBytes;
    if (!isBeyondSize && !(await isTooOld(segment, config.retentionMs, nowMs, lastModifiedMs))) break;
    remainingBytes -= segment.sizeBytes;
    offset = segment.nextSequence;
  }
  return offset;
}

async function isTooOld(
  segment: SegmentSummary,
  retentionMs: number,
  nowMs: number,
  lastModifiedMs: (path: string) => Promise<number>,
): Promise<boolean> {
  if (retentionMs < 0) return false;
  const fileMs = await lastModifiedMs(segment.path);
  const newestMs = segment.maxTimestampMs < 0 ? fileMs : Math.min(segment.maxTimestampMs, fileMs);
  return nowMs - newestMs > retentionMs;
}
