import type { MessageType } from '../../../../shared/message.js';

export interface FormField {
  readonly path: readonly string[];
  readonly label: string;
  readonly kind: 'number' | 'text';
  readonly unit?: string;
  /** Typical values to choose from; others may be typed. */
  readonly suggestions?: readonly string[];
}

const frequency: FormField = { path: ['frequency'], label: 'Frequency', kind: 'number', unit: 'Hz' };
const sRoi: FormField = { path: ['s_roi'], label: 'S-ROI', kind: 'number' };
const statuses = ['active', 'supraleitend', 'degraded', 'maintenance'];

/** The fields that the form edits; any other field can be written in the JSON. */
export const formFields: Readonly<Record<MessageType, readonly FormField[]>> = {
  state_update: [
    { ...frequency, path: ['data', 'frequency'] },
    { ...sRoi, path: ['data', 's_roi'] },
    { path: ['data', 'status'], label: 'Status', kind: 'text', suggestions: statuses },
  ],
  frequency_sync: [frequency, sRoi],
  s_roi_update: [sRoi],
  repository_event: [
    {
      path: ['event_type'],
      label: 'Event',
      kind: 'text',
      suggestions: ['commit', 'push', 'merge', 'tag', 'release', 'issue'],
    },
    { path: ['data', 'message'], label: 'Message', kind: 'text' },
    { path: ['data', 'sha'], label: 'Commit', kind: 'text' },
    { path: ['data', 'author'], label: 'Author', kind: 'text' },
  ],
  heartbeat: [frequency, sRoi],
};

/** A field's value for what was typed. What is no number stays text, so that the validation can name it. */
export function typedValue(kind: FormField['kind'], text: string): unknown {
  if (text === '') return undefined;
  if (kind === 'text') return text;
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? text : number;
}
