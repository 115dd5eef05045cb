import { useState } from 'react';
import type { ConfigProblem } from '../../../../shared/config.js';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import type { ProfileColor } from '../../../../shared/kafka-config.js';
import { Dialog } from '../../components/Dialog.js';
import { DialogForm } from '../../components/DialogForm.js';
import { Checkbox, Field, Select, TextInput } from '../../components/Field.js';
import { useStores } from '../../stores/stores-context.js';
import { profileColors, settingProblem } from '../../validation/settings.js';
import styles from './ProfileDialog.module.css';
import { brokersFromText, profileNameProblem } from './profile-draft.js';

export type ProfileAction =
  | { readonly kind: 'add' }
  | { readonly kind: 'rename' | 'duplicate'; readonly name: string };

export interface ProfileDialogProps {
  readonly action: ProfileAction;
  /** Names that cannot be given again. */
  readonly taken: readonly string[];
  onClose(): void;
}

/** Asks for a profile's name, and for a new one where its cluster is. */
export function ProfileDialog({ action, taken, onClose }: ProfileDialogProps) {
  const { profiles } = useStores();
  const [name, setName] = useState(() => suggestedName(action, taken));
  const [brokers, setBrokers] = useState('');
  const [color, setColor] = useState<ProfileColor>('blue');
  const [readOnly, setReadOnly] = useState(false);
  const [submitted, setSubmitted] = useState(false);
  const [refusals, setRefusals] = useState<readonly ConfigProblem[]>([]);
  const [error, setError] = useState<ErrorReport | null>(null);
  const isNew = action.kind === 'add';
  const nameProblem = profileNameProblem(name, taken);
  const brokersProblem = isNew ? settingProblem('profiles.*.brokers', brokersFromText(brokers)) : null;

  const save = (): Promise<readonly ConfigProblem[]> => {
    switch (action.kind) {
      case 'add':
        return profiles.add({ name, brokers: brokersFromText(brokers), color, readOnly });
      case 'rename':
        return profiles.rename(action.name, name);
      case 'duplicate':
        return profiles.duplicate(action.name, name);
    }
  };
  const submit = (): void => {
    setSubmitted(true);
    if (nameProblem !== null || brokersProblem !== null) return;
    save().then(
      (problems) => (problems.length === 0 ? onClose() : setRefusals(problems)),
      (failure: unknown) => setError(toErrorReport(failure)),
    );
  };

  return (
    <Dialog title={titleOf(action)} onClose={onClose}>
      <DialogForm
        submitLabel={action.kind === 'add' ? 'Add' : action.kind === 'rename' ? 'Rename' : 'Duplicate'}
        note={noteOf(action)}
        refusals={refusals}
        error={error}
        failure="It was not saved"
        onSubmit={submit}
        onCancel={onClose}
      >
        <Field
          label="Name"
          hint="Letters, digits, underscores and hyphens."
          problem={submitted ? nameProblem : null}
        >
          {(control) => (
            <TextInput
              {...control}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {isNew && (
          <>
            <Field
              label="Brokers"
              hint="HOST:PORT each, separated by commas."
              problem={submitted && brokersProblem !== null ? `Expected ${brokersProblem}` : null}
            >
              {(control) => (
                <TextInput
                  {...control}
                  placeholder="broker-1.example:9093, broker-2.example:9093"
                  value={brokers}
                  onChange={(event) => setBrokers(event.target.value)}
                />
              )}
            </Field>
            <ColorAndLock color={color} readOnly={readOnly} onColor={setColor} onReadOnly={setReadOnly} />
          </>
        )}
      </DialogForm>
    </Dialog>
  );
}

export interface ColorAndLockProps {
  readonly color: ProfileColor;
  readonly readOnly: boolean;
  onColor(color: ProfileColor): void;
  onReadOnly(readOnly: boolean): void;
}

export function ColorAndLock({ color, readOnly, onColor, onReadOnly }: ColorAndLockProps) {
  return (
    <div className={styles.pair}>
      <Field label="Colour">
        {(control) => (
          <Select
            {...control}
            value={color}
            onChange={(event) =>
              onColor(profileColors.find((known) => known === event.target.value) ?? color)
            }
          >
            {profileColors.map((known) => (
              <option key={known} value={known}>
                {known}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Checkbox
        label="Read-only: watch, and change nothing"
        checked={readOnly}
        onChange={(event) => onReadOnly(event.target.checked)}
      />
    </div>
  );
}

function titleOf(action: ProfileAction): string {
  if (action.kind === 'add') return 'Add a profile';
  return action.kind === 'rename' ? `Rename ${action.name}` : `Duplicate ${action.name}`;
}

function noteOf({ kind }: ProfileAction): string {
  switch (kind) {
    case 'add':
      return 'Encryption and login are set afterwards, with Edit.';
    case 'rename':
      return 'Its secrets, and what waits for its cluster, come along.';
    case 'duplicate':
      return 'Its secrets are copied; what waits for the cluster is not.';
  }
}

function suggestedName(action: ProfileAction, taken: readonly string[]): string {
  if (action.kind === 'add') return '';
  if (action.kind === 'rename') return action.name;
  let name = `${action.name}-copy`;
  for (let count = 2; taken.includes(name); count += 1) name = `${action.name}-copy-${count}`;
  return name;
}
