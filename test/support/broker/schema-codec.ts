import type { ProtocolReader } from '../../../src/main/broker/protocol/protocol-reader.js';
import { isInVersions, type MessageSchema, type SchemaField } from './message-schemas.js';

/** Values for fields by name, the same wherever the name occurs; others are drawn by {@link RandomSource}. */
export type FixedValues = Readonly<Record<string, number | string | Buffer | null>>;

/** A natural number below `limit`. */
export type RandomSource = (limit: number) => number;

const INTEGER_BYTES: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  int64: 8,
};

/** Encodes a request body as its schema says, with bytes made here and not by the broker's own writer. */
export function encodeBySchema(
  schema: MessageSchema,
  version: number,
  fixed: FixedValues,
  random: RandomSource,
): Buffer {
  const parts: Buffer[] = [];
  const isFlexible = isInVersions(schema.flexibleVersions, version);

  function integer(byteLength: number, value: number): void {
    const part = Buffer.alloc(byteLength);
    if (byteLength === 8) part.writeBigInt64BE(BigInt(value));
    else part.writeIntBE(value, 0, byteLength);
    parts.push(part);
  }

  function varint(value: number): void {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
    parts.push(Buffer.from([...bytes, rest]));
  }

  function length(count: number, classicBytes: number, compact: boolean): void {
    if (compact) varint(count + 1);
    else integer(classicBytes, count);
  }

  function value(field: SchemaField, type: string, compact: boolean): void {
    const given = fixed[field.name];
    if (type.startsWith('[]')) {
      const count = typeof given === 'number' ? given : random(3);
      length(count, 4, compact);
      for (let index = 0; index < count; index += 1) value(field, type.slice(2), compact);
      return;
    }
    const byteLength = INTEGER_BYTES[type];
    if (byteLength !== undefined) {
      integer(byteLength, typeof given === 'number' ? given : random(type === 'bool' ? 2 : 3));
    } else if (type === 'string' && given === null) {
      length(-1, 2, compact);
    } else if (type === 'string') {
      const text = Buffer.from(typeof given === 'string' ? given : (['a', 'topic', 'é€'][random(3)] ?? ''));
      length(text.length, 2, compact);
      parts.push(text);
    } else if (type === 'bytes' || type === 'records') {
      const bytes = Buffer.isBuffer(given) ? given : Buffer.from('abc');
      length(bytes.length, 4, compact);
      parts.push(bytes);
    } else {
      structure(structureOf(schema, field, type));
    }
  }

  function structure(fields: readonly SchemaField[]): void {
    for (const field of present(fields, version)) {
      value(field, field.type, isFlexible && field.flexibleVersions !== 'none');
    }
    if (isFlexible) varint(0);
  }

  structure(schema.fields);
  return Buffer.concat(parts);
}

/** Reads a response body as its schema says; throws where it is something else. */
export function decodeBySchema(schema: MessageSchema, version: number, reader: ProtocolReader): unknown {
  function value(field: SchemaField, type: string): unknown {
    const nullable = isInVersions(field.nullableVersions, version);
    if (type.startsWith('[]')) {
      const elements = (): unknown[] | null => reader.nullableArray(() => value(field, type.slice(2)));
      const read = elements();
      if (read === null && !nullable) throw new Error(`${field.name} is null`);
      return read;
    }
    switch (type) {
      case 'bool': {
        const read = reader.int8();
        if (read !== 0 && read !== 1) throw new Error(`${field.name} is ${read}, not a boolean`);
        return read === 1;
      }
      case 'int8':
        return reader.int8();
      case 'int16':
        return reader.int16();
      case 'int32':
        return reader.int32();
      case 'int64':
        return reader.int64();
      case 'string':
        return nullable ? reader.nullableString() : reader.string();
      case 'bytes':
      case 'records':
        return reader.nullableBytes();
      default:
        return structure(structureOf(schema, field, type));
    }
  }

  function structure(fields: readonly SchemaField[]): Record<string, unknown> {
    const read: Record<string, unknown> = {};
    for (const field of present(fields, version)) read[field.name] = value(field, field.type);
    reader.skipTags();
    return read;
  }

  return structure(schema.fields);
}

function present(fields: readonly SchemaField[], version: number): SchemaField[] {
  return fields.filter(
    (field) => isInVersions(field.versions, version) && !isInVersions(field.taggedVersions, version),
  );
}

function structureOf(schema: MessageSchema, field: SchemaField, type: string): readonly SchemaField[] {
  const fields = field.fields ?? schema.commonStructs.find(({ name }) => name === type)?.fields;
  if (fields === undefined) throw new Error(`${schema.name} does not say what ${type} is`);
  return fields;
}
