import './jitless.js';
import { validateMessage } from '../../../shared/parse-message.js';
import type { JsonObject } from '../stores/compose-draft.js';

/** What is wrong with a message, in the words of the node's own validation; null when it may be sent. */
export function messageProblem(message: JsonObject): string | null {
  const result = validateMessage(message);
  return result.ok ? null : result.rejection.detail;
}
