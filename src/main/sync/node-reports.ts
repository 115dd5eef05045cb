import { type Message, reportedState, type StateData } from '../../shared/message.js';
import { isFieldName } from './state-fields.js';

/** What one node last said of itself. Shown, compared with the target, never merged. */
export interface NodeReport {
  readonly node: string;
  /** Wall time of the last report, milliseconds. */
  readonly atMs: number;
  readonly state: StateData;
}

/** Nodes whose reports are kept. */
export const maxReportingNodes = 256;

/** Fields kept of one node's reports. */
const maxReportedFields = 64;

/** A structured value is kept when its whole message is no bigger than this: its own size is not worth measuring. */
const maxStructuredMessageBytes = 16_384;

const maxReportedTextLength = 1_024;

interface MutableReport {
  readonly node: string;
  atMs: number;
  readonly fields: Map<string, unknown>;
}

/**
 * Reports by node: what old nodes and simple clients, which stamp nothing, say about themselves. They repeat their
 * whole state every second with a fresh timestamp, so none of it may overwrite a change (docs/decisions/state-merge.md).
 */
export class NodeReports {
  readonly #reports = new Map<string, MutableReport>();
  #nodesIgnored = 0;

  /** Messages of nodes beyond {@link maxReportingNodes}. */
  get nodesIgnored(): number {
    return this.#nodesIgnored;
  }

  record(node: string, message: Message, atMs: number, byteLength: number): void {
    if (message.type === 'repository_event') return;
    let report = this.#reports.get(node);
    if (report === undefined) {
      if (this.#reports.size >= maxReportingNodes) {
        this.#nodesIgnored += 1;
        return;
      }
      report = { node, atMs, fields: new Map() };
      this.#reports.set(node, report);
    }
    report.atMs = atMs;
    const { fields } = report;
    if (message.type !== 'state_update') {
      // Nearly every message is one of these: no object is made for it.
      if (typeof message.frequency === 'number') fields.set('frequency', message.frequency);
      if (typeof message.s_roi === 'number') fields.set('s_roi', message.s_roi);
      return;
    }
    for (const [name, value] of Object.entries(reportedState(message))) {
      if (!isKept(value, byteLength) || !isFieldName(name)) continue;
      if (fields.has(name) || fields.size < maxReportedFields) fields.set(name, value);
    }
  }

  get(node: string): NodeReport | null {
    const report = this.#reports.get(node);
    return report === undefined
      ? null
      : { node, atMs: report.atMs, state: Object.fromEntries(report.fields) as StateData };
  }

  all(): readonly NodeReport[] {
    return [...this.#reports.values()].map(({ node, atMs, fields }) => ({
      node,
      atMs,
      state: Object.fromEntries(fields) as StateData,
    }));
  }
}

function isKept(value: unknown, byteLength: number): boolean {
  if (typeof value === 'string') return value.length <= maxReportedTextLength;
  return typeof value !== 'object' || value === null || byteLength <= maxStructuredMessageBytes;
}
