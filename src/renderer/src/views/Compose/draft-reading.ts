import type { ComposeRequest } from '../../../../shared/ipc.js';
import type { MessageType } from '../../../../shared/message.js';
import { messageTypeWords } from '../../format/words.js';
import { type Draft, type JsonObject, type JsonProblem, readJsonObject } from '../../stores/compose-draft.js';
import { messageProblem } from '../../validation/validate-message.js';

/** What the draft's text says, and what keeps it from being sent. */
export interface DraftReading {
  /** Null while the text is no JSON object. */
  readonly value: JsonObject | null;
  /** Null while the text names no known type. */
  readonly type: MessageType | null;
  readonly syntax: JsonProblem | null;
  readonly problem: string | null;
  /** Null while something is wrong. */
  readonly request: ComposeRequest | null;
}

export function readDraft(draft: Draft): DraftReading {
  const reading = readJsonObject(draft.text);
  if (!reading.ok) {
    const { problem } = reading;
    const place = `Line ${problem.line}, column ${problem.column}`;
    return {
      value: null,
      type: null,
      syntax: problem,
      problem: `${place}: ${problem.message}`,
      request: null,
    };
  }
  const { value } = reading;
  const type = typeof value.type === 'string' && isComposable(value.type) ? value.type : null;
  const problem =
    type === null
      ? `\`type\` must be one of ${Object.keys(messageTypeWords).join(', ')}`
      : messageProblem(value);
  if (type === null || problem !== null) return { value, type, syntax: null, problem, request: null };
  const { type: _type, ...fields } = value;
  return {
    value,
    type,
    syntax: null,
    problem: null,
    request: { type, fields, target: draft.target, via: draft.via },
  };
}

function isComposable(type: string): type is MessageType {
  return Object.hasOwn(messageTypeWords, type);
}
