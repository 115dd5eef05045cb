import { useId, useState } from 'react';
import type { MessageType } from '../../../../shared/message.js';
import { Field, Select, TextInput } from '../../components/Field.js';
import { Segmented } from '../../components/Segmented.js';
import { messageTypeList, messageTypeWords } from '../../format/words.js';
import {
  fieldAt,
  formatJson,
  type JsonObject,
  type Via,
  withField,
  withType,
} from '../../stores/compose-draft.js';
import { useStoreState } from '../../stores/stores-context.js';
import styles from './DraftForm.module.css';
import type { DraftReading } from './draft-reading.js';
import { type FormField, formFields, typedValue } from './form-fields.js';
import { describeRoute } from './routes.js';

const typeOptions = messageTypeList.map((value) => ({ value, label: messageTypeWords[value] }));
const viaOptions: readonly { readonly value: Via; readonly label: string }[] = [
  { value: 'both', label: 'Both' },
  { value: 'kafka', label: 'Kafka' },
  { value: 'websocket', label: 'WebSocket' },
];

export function TypeChoice({ reading }: { readonly reading: DraftReading }) {
  const edit = useStoreState('compose', (state) => state.edit);
  const config = useStoreState('settings', (state) => state.settings?.config ?? null);
  return (
    <Segmented<MessageType | ''>
      label="Type"
      value={reading.type ?? ''}
      options={typeOptions}
      startsFocused
      onChange={(type) => {
        if (type !== '') edit({ text: formatJson(withType(reading.value ?? {}, type, config)) });
      }}
    />
  );
}

/** The draft as a form. Each edit rewrites the JSON text, of which the form is only another sight. */
export function DraftForm({ reading }: { readonly reading: DraftReading }) {
  const draft = useStoreState('compose', (state) => state.draft);
  const edit = useStoreState('compose', (state) => state.edit);
  const config = useStoreState('settings', (state) => state.settings?.config ?? null);
  const { value, type } = reading;
  const targets = Object.keys(config?.peers ?? {});

  return (
    <div className={styles.form}>
      <div className={styles.pair}>
        <Field label="Target">
          {(control) => (
            <Select
              {...control}
              value={draft.target ?? ''}
              onChange={(event) => edit({ target: event.target.value === '' ? null : event.target.value })}
            >
              <option value="">All nodes</option>
              {targets.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <div className={styles.via}>
          <span aria-hidden="true">Via</span>
          <Segmented label="Via" value={draft.via} options={viaOptions} onChange={(via) => edit({ via })} />
        </div>
      </div>
      {type !== null && config !== null && (
        <p className={styles.route}>{describeRoute(type, draft.target, draft.via, config)}</p>
      )}
      {value === null ? (
        <p className={styles.blocked}>The form follows again once the JSON can be read.</p>
      ) : (
        type !== null && (
          <div className={styles.fields}>
            {formFields[type].map((field) => (
              <FormInput
                key={field.path.join('.')}
                field={field}
                value={value}
                onChange={(next) => edit({ text: formatJson(next) })}
              />
            ))}
          </div>
        )
      )}
      <p className={styles.note}>The node adds timestamp, anchor, source and id.</p>
    </div>
  );
}

interface FormInputProps {
  readonly field: FormField;
  readonly value: JsonObject;
  readonly onChange: (value: JsonObject) => void;
}

function FormInput({ field, value, onChange }: FormInputProps) {
  const current = fieldAt(value, field.path);
  // What was typed stays as it is (`0.`, `1e-3`) for as long as it means what the JSON says.
  const [typed, setTyped] = useState('');
  const shown = Object.is(typedValue(field.kind, typed), current) ? typed : showValue(current);
  const listId = useId();
  return (
    <Field label={field.label} {...(field.unit === undefined ? {} : { unit: field.unit })}>
      {(control) => (
        <>
          <TextInput
            {...control}
            inputMode={field.kind === 'number' ? 'decimal' : 'text'}
            list={field.suggestions === undefined ? undefined : listId}
            value={shown}
            onChange={(event) => {
              setTyped(event.target.value);
              onChange(withField(value, field.path, typedValue(field.kind, event.target.value)));
            }}
          />
          {field.suggestions !== undefined && (
            <datalist id={listId}>
              {field.suggestions.map((suggestion) => (
                <option key={suggestion} value={suggestion} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

function showValue(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
