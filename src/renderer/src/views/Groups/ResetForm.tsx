import type { OffsetTarget } from '../../../../shared/consumer-groups.js';
import { Field, Select, TextInput } from '../../components/Field.js';
import { Segmented } from '../../components/Segmented.js';
import { useStoreState } from '../../stores/stores-context.js';
import styles from './ResetDialog.module.css';
import type { ResetDraft, ResetProblems } from './reset-draft.js';

const kinds: readonly { readonly value: OffsetTarget['kind']; readonly label: string }[] = [
  { value: 'earliest', label: 'Earliest' },
  { value: 'latest', label: 'Latest' },
  { value: 'time', label: 'Time' },
  { value: 'shift', label: 'Shift by' },
  { value: 'offset', label: 'Offset' },
];

const kindHints: Readonly<Record<OffsetTarget['kind'], string>> = {
  earliest: 'Everything that the topics still hold is read again.',
  latest: 'Whatever has not been read yet is passed over.',
  time: 'Reading goes on with the first record of this time or later.',
  shift: 'So many records forward, or back with a minus, from where each partition is.',
  offset: 'The same offset for each partition that is chosen.',
};

export interface ResetFormProps {
  readonly draft: ResetDraft;
  readonly problems: ResetProblems;
  onChange(draft: ResetDraft): void;
}

/** Where the offsets are to go, and of which partitions. */
export function ResetForm({ draft, problems, onChange }: ResetFormProps) {
  const change = (part: Partial<ResetDraft>): void => onChange({ ...draft, ...part });
  return (
    <>
      <div className={styles.target}>
        <Segmented
          label="Set the offsets to"
          value={draft.kind}
          options={kinds}
          startsFocused
          onChange={(kind) => change({ kind })}
        />
        <p className={styles.soft}>{kindHints[draft.kind]}</p>
      </div>
      <div className={styles.fields}>
        <TargetField draft={draft} problems={problems} onChange={change} />
        <ScopeFields draft={draft} problems={problems} onChange={change} />
      </div>
    </>
  );
}

interface PartProps {
  readonly draft: ResetDraft;
  readonly problems: ResetProblems;
  onChange(part: Partial<ResetDraft>): void;
}

function TargetField({ draft, problems, onChange }: PartProps) {
  switch (draft.kind) {
    case 'earliest':
    case 'latest':
      return null;
    case 'time':
      return (
        <Field label="Time" hint="Local time" problem={problems.time ?? null}>
          {(control) => (
            <TextInput
              {...control}
              type="datetime-local"
              value={draft.time}
              onChange={(event) => onChange({ time: event.target.value })}
            />
          )}
        </Field>
      );
    case 'shift':
      return (
        <Field
          label="Records"
          problem={draft.by === '' ? null : (problems.by ?? null)}
          hint="For example -100"
        >
          {(control) => (
            <TextInput
              {...control}
              value={draft.by}
              onChange={(event) => onChange({ by: event.target.value })}
            />
          )}
        </Field>
      );
    case 'offset':
      return (
        <Field
          label="Exact offset"
          problem={draft.offset === '' ? null : (problems.offset ?? null)}
          hint="Moved inside of what a partition holds"
        >
          {(control) => (
            <TextInput
              {...control}
              inputMode="numeric"
              value={draft.offset}
              onChange={(event) => onChange({ offset: event.target.value })}
            />
          )}
        </Field>
      );
  }
}

function ScopeFields({ draft, problems, onChange }: PartProps) {
  const detail = useStoreState('groups', (state) => state.detail);
  const known = useStoreState('topics', (state) => state.topics);
  const own = [...new Set(detail?.partitions.map(({ topic }) => topic) ?? [])];
  const others = (known ?? []).filter(({ exists, name }) => exists && !own.includes(name));
  return (
    <>
      <Field label="Topics" hint="All: those that the group has read or reads">
        {(control) => (
          <Select
            {...control}
            value={draft.topic}
            onChange={(event) => onChange({ topic: event.target.value, partitions: '' })}
          >
            <option value="">All of the group</option>
            {own.length > 0 && (
              <optgroup label="Of the group">
                {own.map((topic) => (
                  <option key={topic}>{topic}</option>
                ))}
              </optgroup>
            )}
            {others.length > 0 && (
              <optgroup label="Not read by it yet">
                {others.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </optgroup>
            )}
          </Select>
        )}
      </Field>
      {draft.topic !== '' && (
        <Field label="Partitions" hint="For example 0, 2; empty: all" problem={problems.partitions ?? null}>
          {(control) => (
            <TextInput
              {...control}
              value={draft.partitions}
              placeholder="all"
              onChange={(event) => onChange({ partitions: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}
