/** One request and its answer, as kafkajs' connections take them. */
export interface Exchange<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: { decode(body: Buffer): Promise<T>; parse(answer: T): Promise<T> };
}

/** API key of OffsetDelete (KIP-496, Apache Kafka 2.4), which kafkajs does not know. */
export const offsetDeleteKey = 47;

/** Error codes of the answer by the names that kafkajs gives them. */
const refusals: Readonly<Record<number, string>> = {
  14: 'GROUP_LOAD_IN_PROGRESS',
  15: 'GROUP_COORDINATOR_NOT_AVAILABLE',
  16: 'NOT_COORDINATOR_FOR_GROUP',
  30: 'GROUP_AUTHORIZATION_FAILED',
  68: 'NON_EMPTY_GROUP',
  86: 'GROUP_SUBSCRIBED_TO_TOPIC',
};

/** GROUP_ID_NOT_FOUND: a group that is gone has forgotten everything. */
const nothingToForget = 69;

/** Takes partitions of a group back to "nothing committed": version 0. Rejects with an error whose `type` is the broker's. */
export function offsetDelete(
  groupId: string,
  topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[],
): Exchange<number> {
  return {
    request: {
      apiKey: offsetDeleteKey,
      apiVersion: 0,
      apiName: 'OffsetDelete',
      encode: async () => {
        const body = Buffer.concat([
          text(groupId),
          int32(topics.length),
          ...topics.flatMap(({ topic, partitions }) => [
            text(topic),
            int32(partitions.length),
            ...partitions.map(int32),
          ]),
        ]);
        return { buf: body, buffer: body };
      },
    },
    response: {
      decode: async (body) => firstErrorCode(body),
      parse: async (errorCode) => {
        if (errorCode === 0 || errorCode === nothingToForget) return errorCode;
        const type = refusals[errorCode];
        throw Object.assign(new Error(`OffsetDelete was answered with error ${errorCode}`), { type });
      },
    },
  };
}

/** Of the whole answer, or of the first partition with one. */
function firstErrorCode(body: Buffer): number {
  const whole = body.readInt16BE(0);
  let position = 6;
  if (whole !== 0) return whole;
  let remainingTopics = body.readInt32BE(position);
  position += 4;
  for (; remainingTopics > 0; remainingTopics -= 1) {
    position += 2 + body.readInt16BE(position);
    const partitions = body.readInt32BE(position);
    position += 4;
    for (let index = 0; index < partitions; index += 1) {
      const errorCode = body.readInt16BE(position + 4);
      if (errorCode !== 0) return errorCode;
      position += 6;
    }
  }
  return 0;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
