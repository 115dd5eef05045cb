import type { SettingsView } from '../../../../shared/ipc.js';
import { Badge } from '../../components/Badge.js';
import { Button, IconButton } from '../../components/Button.js';
import { classNames } from '../../components/class-names.js';
import { Icon } from '../../components/Icon.js';
import { isOverridden, sourceWords } from '../../format/setting-words.js';
import { useStores } from '../../stores/stores-context.js';
import { ProblemNotice } from './ProblemList.js';
import { SettingControl } from './SettingControl.js';
import styles from './SettingLine.module.css';
import { type SettingRow, settingWarning } from './setting-rows.js';
import { readableAmount } from './setting-text.js';
import { useSettingEdit } from './use-setting-edit.js';
import { controlId } from './use-settings-focus.js';

export interface SettingLineProps {
  readonly row: SettingRow;
  readonly settings: SettingsView;
}

/** One setting: what it means, its control, where its value comes from, and what is wrong with it. */
export function SettingLine({ row, settings }: SettingLineProps) {
  const { path, field } = row;
  const id = controlId(path);
  const noteId = `${id}-note`;
  const warning = row.problem === null ? settingWarning(path, row.value) : null;
  const amount = readableAmount(field.unit, row.value);
  return (
    <li className={classNames(styles.line, row.isDirty && styles.dirty)}>
      <div className={styles.meaning}>
        <label className={styles.title} htmlFor={id}>
          {field.title}
        </label>
        <code className={styles.path}>{path}</code>
        <p className={styles.description}>{field.description}</p>
      </div>
      <div className={styles.value}>
        <div className={styles.control}>
          <SettingControl
            row={row}
            control={{
              id,
              'aria-describedby': noteId,
              'aria-invalid': row.problem === null ? undefined : true,
            }}
          />
          {field.unit !== null && (
            <span className={styles.unit}>{amount === null ? field.unit : `${field.unit} = ${amount}`}</span>
          )}
          <Standing row={row} />
        </div>
        <div id={noteId} className={styles.notes}>
          {row.problem !== null && (
            <p className={styles.problem}>
              <Icon name="alert" /> {row.problem}
            </p>
          )}
          {warning !== null && (
            <p className={styles.warning}>
              <Icon name="alert" /> {warning}
            </p>
          )}
          {isOverridden(row.source) && (
            <p className={styles.note}>
              Set by {sourceWords[row.source].from}, which wins over the file: change it there.
            </p>
          )}
          <ChangedElsewhere row={row} />
        </div>
        {row.sourceProblems.map((problem) => (
          <ProblemNotice key={problem.source} problem={problem} settings={settings} />
        ))}
      </div>
    </li>
  );
}

/** Where the value comes from, and the ways back. */
function Standing({ row }: { readonly row: SettingRow }) {
  const { discard } = useStores().settingsDraft.getState();
  const edit = useSettingEdit(row);
  const { path, source } = row;
  return (
    <span className={styles.standing}>
      {row.isReset ? (
        <Badge tone="strong">back to default</Badge>
      ) : row.isDirty ? (
        <Badge tone="strong">unsaved</Badge>
      ) : (
        <Badge tone={source === 'default' ? 'quiet' : row.isLocked ? 'warning' : 'plain'}>
          {sourceWords[source].badge}
        </Badge>
      )}
      {row.isDirty && (
        <IconButton
          icon="close"
          label={`Take back the change of ${row.field.title}`}
          onClick={() => discard([path])}
        />
      )}
      {source === 'file' && !row.isReset && (
        <IconButton
          icon="retry"
          label={`Reset ${row.field.title} to its default`}
          onClick={() => edit(null)}
        />
      )}
    </span>
  );
}

function ChangedElsewhere({ row }: { readonly row: SettingRow }) {
  const { discard } = useStores().settingsDraft.getState();
  if (!row.changedElsewhere) return null;
  return (
    <p className={styles.warning}>
      <Icon name="alert" /> Meanwhile it was changed elsewhere to <code>{row.savedText || 'nothing'}</code>.{' '}
      <Button tone="quiet" onClick={() => discard([row.path])}>
        Take that
      </Button>
    </p>
  );
}
