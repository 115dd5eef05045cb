import { useState } from 'react';
import type {
  ClientFileSource,
  ClientImportPreview,
  ImportOutcome,
} from '../../../../shared/client-import.js';
import type { ConfigProblem } from '../../../../shared/config.js';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import type { ProfileColor } from '../../../../shared/kafka-config.js';
import { ColumnHead } from '../../components/ColumnHead.js';
import { classNames } from '../../components/class-names.js';
import { DialogForm } from '../../components/DialogForm.js';
import { Field, TextInput } from '../../components/Field.js';
import { StateLabel, type Tone } from '../../components/StateMark.js';
import table from '../../components/table.module.css';
import { useStores } from '../../stores/stores-context.js';
import { settingProblem } from '../../validation/settings.js';
import styles from './ImportDialog.module.css';
import { ColorAndLock } from './ProfileDialog.js';
import { brokersFromText, profileNameProblem } from './profile-draft.js';
import { secretTitles } from './secret-words.js';

const outcomes: Readonly<Record<ImportOutcome, { readonly tone: Tone; readonly words: string }>> = {
  taken: { tone: 'good', words: 'Taken' },
  ignored: { tone: 'idle', words: 'Ignored' },
  unsupported: { tone: 'warning', words: 'Not supported' },
};

export interface ImportPreviewProps {
  readonly source: ClientFileSource;
  readonly preview: ClientImportPreview;
  readonly taken: readonly string[];
  onClose(): void;
}

/** What an import would do, key by key, and what the new profile is called. */
export function ImportPreview({ source, preview, taken, onClose }: ImportPreviewProps) {
  const { profiles } = useStores();
  const found = preview.settings.brokers;
  const foundBrokers = Array.isArray(found) ? found.map(String) : [];
  const [name, setName] = useState(preview.name);
  const [brokers, setBrokers] = useState(foundBrokers.join(', '));
  const [color, setColor] = useState<ProfileColor>('blue');
  const [readOnly, setReadOnly] = useState(false);
  const [submitted, setSubmitted] = useState(false);
  const [refusals, setRefusals] = useState<readonly ConfigProblem[]>([]);
  const [error, setError] = useState<ErrorReport | null>(null);
  const wanted = brokersFromText(brokers);
  const nameProblem = profileNameProblem(name, taken);
  const brokersProblem = settingProblem('profiles.*.brokers', wanted);

  const save = (): void => {
    setSubmitted(true);
    setError(null);
    if (nameProblem !== null || brokersProblem !== null) return;
    profiles.import({ source, name, color, readOnly, brokers: wanted }).then(
      (problems) => (problems.length === 0 ? onClose() : setRefusals(problems)),
      (failure: unknown) => setError(toErrorReport(failure)),
    );
  };

  return (
    <DialogForm
      label="Preview"
      submitLabel="Save the profile"
      refusals={refusals}
      error={error}
      failure="It was not saved"
      onSubmit={save}
      onCancel={onClose}
    >
      <Report preview={preview} />
      <Notes preview={preview} />
      <Field label="Name of the profile" problem={submitted ? nameProblem : null}>
        {(control) => (
          <TextInput {...control} value={name} onChange={(event) => setName(event.target.value)} />
        )}
      </Field>
      <Field
        label="Brokers"
        hint="HOST:PORT each, separated by commas."
        problem={submitted && brokersProblem !== null ? `Expected ${brokersProblem}` : null}
      >
        {(control) => (
          <TextInput {...control} value={brokers} onChange={(event) => setBrokers(event.target.value)} />
        )}
      </Field>
      <ColorAndLock color={color} readOnly={readOnly} onColor={setColor} onReadOnly={setReadOnly} />
    </DialogForm>
  );
}

function Report({ preview: { report, syntax } }: { readonly preview: ClientImportPreview }) {
  const count = (outcome: ImportOutcome): number => report.filter((line) => line.outcome === outcome).length;
  return (
    <>
      <div className={styles.counts} role="status">
        <span className={styles.soft}>
          Read as {syntax === 'java' ? 'a properties file of Java' : 'a file of librdkafka'}:
        </span>
        {(['taken', 'ignored', 'unsupported'] as const).map((outcome) => (
          <StateLabel key={outcome} tone={outcomes[outcome].tone}>
            {`${count(outcome)} ${outcomes[outcome].words.toLowerCase()}`}
          </StateLabel>
        ))}
      </div>
      <div className={classNames(table.frame, styles.report)}>
        <table className={table.table} aria-label="What becomes of each key">
          <thead>
            <tr>
              <ColumnHead>Key</ColumnHead>
              <ColumnHead>Outcome</ColumnHead>
              <ColumnHead>What becomes of it</ColumnHead>
            </tr>
          </thead>
          <tbody>
            {report.map(({ key, line, outcome, detail, hint }) => (
              <tr key={line}>
                <td>
                  <code>{key}</code>
                </td>
                <td className={styles.outcome}>
                  <StateLabel tone={outcomes[outcome].tone}>{outcomes[outcome].words}</StateLabel>
                </td>
                <td>
                  {detail}
                  {hint !== null && <p className={styles.hint}>{hint}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What is missing, and where the secrets go. */
function Notes({ preview: { notes, secrets, keychainRefusal } }: { readonly preview: ClientImportPreview }) {
  const names = secrets.map((secret) => secretTitles[secret].toLowerCase()).join(', ');
  return (
    <>
      {notes.length > 0 && (
        <ul className={styles.notes}>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {names !== '' && (
        <p className={styles.soft}>
          {keychainRefusal === null
            ? `Kept in the system’s keychain: ${names}.`
            : `Held until the app quits (${keychainRefusal}): ${names}.`}
        </p>
      )}
    </>
  );
}
