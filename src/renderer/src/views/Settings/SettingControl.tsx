import { type FieldControl, Select, TextArea, TextInput } from '../../components/Field.js';
import styles from './SettingControl.module.css';
import type { SettingRow } from './setting-rows.js';
import { useSettingEdit } from './use-setting-edit.js';

export interface SettingControlProps {
  readonly row: SettingRow;
  /** Ties the control to its label and notes. */
  readonly control: FieldControl;
}

/** The control for a setting's kind. */
export function SettingControl({ row, control }: SettingControlProps) {
  const { field, text, isLocked } = row;
  const edit = useSettingEdit(row);
  const shared = { ...control, disabled: isLocked };

  switch (field.kind) {
    case 'choice':
      return (
        <span className={styles.short}>
          <Select {...shared} value={text} onChange={(event) => edit(event.target.value)}>
            {!field.choices.includes(text) && <option value={text}>{text === '' ? 'not set' : text}</option>}
            {field.choices.map((choice) => (
              <option key={choice} value={choice}>
                {choice}
              </option>
            ))}
          </Select>
        </span>
      );
    case 'switch':
      return (
        <input
          {...shared}
          type="checkbox"
          className={styles.switch}
          checked={text === 'true'}
          onChange={(event) => edit(String(event.target.checked))}
        />
      );
    case 'list':
      return (
        <span className={styles.wide}>
          <TextArea
            {...shared}
            rows={Math.min(8, Math.max(1, text.split('\n').length))}
            placeholder="none; one a line"
            value={text}
            onChange={(event) => edit(event.target.value)}
          />
        </span>
      );
    case 'integer':
    case 'number':
      return (
        <span className={styles.short}>
          <TextInput
            {...shared}
            inputMode={field.kind === 'integer' ? 'numeric' : 'decimal'}
            value={text}
            onChange={(event) => edit(event.target.value)}
          />
        </span>
      );
    case 'text':
      return (
        <span className={styles.wide}>
          <TextInput {...shared} value={text} onChange={(event) => edit(event.target.value)} />
        </span>
      );
  }
}
