import { isUtf8 } from 'node:buffer';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Envelope, KafkaPosition } from '../../shared/envelope.js';
import { isReply, type Message } from '../../shared/message.js';
import { maxMessageBytes, parseMessage } from '../../shared/parse-message.js';
import type { Rejection } from '../../shared/rejection.js';
import { undecodableHeader } from './faults/fetch-answer.js';
import { FetchedRecord } from './faults/fetched-record.js';

/** A record that is no message of the mesh. */
export interface RejectedRecord extends KafkaPosition {
  readonly rejection: Rejection;
  readonly byteLength: number;
  /** The value's beginning, at most 2,000 characters. */
  readonly preview: string;
}

export type DecodedRecord =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly rejected: RejectedRecord };

/** The sender's name where the message gives it; `source` by default. */
export type ResolveNode = (message: Message) => string | null;

const previewLength = 2_000;

/** Reads one record into an envelope, or says why not. Never throws. */
export function decodeRecord(
  record: KafkaMessage,
  topic: string,
  partition: number,
  atMs: number,
  resolveNode: ResolveNode,
): DecodedRecord {
  const { offset } = record;
  const own = record instanceof FetchedRecord ? record : null;
  if (record.headers !== undefined && undecodableHeader in record.headers) {
    const detail = record.value?.toString('utf8') ?? '';
    return reject({ reason: 'undecodable_batch', detail }, '', 0);
  }
  const byteLength = own === null ? (record.value?.length ?? -1) : own.valueLength;
  if (byteLength < 0) return reject({ reason: 'not_json', detail: 'no value (a tombstone)' }, '', 0);
  if (byteLength > maxMessageBytes) {
    const detail = `${byteLength} bytes, at most ${maxMessageBytes} are allowed`;
    return reject({ reason: 'too_big', detail }, beginning('utf8'), byteLength);
  }
  const text = own === null ? utf8Text(record.value) : own.valueText;
  if (text === null) {
    const detail = 'the value is not UTF-8 text';
    return reject({ reason: 'not_utf8', detail }, beginning('latin1'), byteLength);
  }
  const result = parseMessage(text, byteLength);
  if (!result.ok) return reject(result.rejection, text, byteLength);
  const { message } = result;
  if (isReply(message)) {
    const detail = `\`${message.type}\` is an answer over WebSocket, no message of the mesh`;
    return reject({ reason: 'unknown_type', detail, type: message.type }, text, byteLength);
  }
  return {
    ok: true,
    envelope: {
      message,
      direction: 'in',
      transport: 'kafka',
      node: resolveNode(message),
      text,
      byteLength,
      atMs,
      kafka: { topic, partition, offset },
      key: own === null ? (record.key?.toString('utf8') ?? null) : own.keyText,
      headers: record.headers === undefined ? noHeaders : headersAsText(record.headers),
    },
  };

  function beginning(encoding: 'utf8' | 'latin1'): string {
    return record.value?.toString(encoding, 0, previewLength) ?? '';
  }

  function reject(rejection: Rejection, preview: string, length: number): DecodedRecord {
    return {
      ok: false,
      rejected: {
        topic,
        partition,
        offset,
        rejection,
        byteLength: length,
        preview: preview.slice(0, previewLength),
      },
    };
  }
}

/** Null when it is none. */
function utf8Text(value: Buffer | null): string | null {
  return value !== null && isUtf8(value) ? value.toString('utf8') : null;
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

function headersAsText(headers: IHeaders): Readonly<Record<string, string>> {
  const names = Object.keys(headers);
  if (names.length === 0) return noHeaders;
  return Object.fromEntries(
    names.map((name) => {
      const value = headers[name];
      const last = Array.isArray(value) ? value.at(-1) : value;
      return [name, last === undefined ? '' : last.toString()];
    }),
  );
}
