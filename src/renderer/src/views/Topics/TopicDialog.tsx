import { useState } from 'react';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import { Dialog } from '../../components/Dialog.js';
import { DialogForm } from '../../components/DialogForm.js';
import { Field, TextInput } from '../../components/Field.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { settingProblem } from '../../validation/settings.js';
import styles from './TopicDialog.module.css';
import { usualReplication } from './topic-summary.js';

export interface TopicDialogProps {
  /** Topics to create, all alike; empty to ask for a name. */
  readonly names: readonly string[];
  onClose(): void;
}

const maxPartitions = 1_000;
const maxReplication = 32;

export function TopicDialog({ names, onClose }: TopicDialogProps) {
  const { topics, toasts } = useStores();
  const known = useStoreState('topics', (state) => state.topics) ?? [];
  const isEmbedded = useStoreState('status', (state) => state.status?.kafka.mode === 'embedded');
  const [name, setName] = useState('');
  const [partitions, setPartitions] = useState('1');
  const [replication, setReplication] = useState(() => String(isEmbedded ? 1 : usualReplication(known)));
  const [submitted, setSubmitted] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorReport | null>(null);

  const asksName = names.length === 0;
  const nameProblem = asksName ? problemOfName(name, known) : null;
  const partitionsProblem = problemOfCount(partitions, maxPartitions);
  const replicationProblem = problemOfCount(replication, maxReplication);

  const submit = async (): Promise<void> => {
    setSubmitted(true);
    if (nameProblem !== null || partitionsProblem !== null || replicationProblem !== null || busy) return;
    setBusy(true);
    setError(null);
    const created = asksName ? [name] : names;
    try {
      for (const topic of created) {
        await topics.getState().create({
          name: topic,
          partitions: Number(partitions),
          replicationFactor: Number(replication),
        });
      }
      toasts
        .getState()
        .show(
          'success',
          created.length === 1 ? `${created[0]} is created` : `${created.length} topics created`,
        );
      onClose();
    } catch (failure) {
      setError(toErrorReport(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog title={names.length > 1 ? `Create ${names.length} topics` : 'Create a topic'} onClose={onClose}>
      <DialogForm
        submitLabel="Create"
        isBusy={busy}
        error={error}
        failure="It was not created"
        onSubmit={() => void submit()}
        onCancel={onClose}
      >
        {asksName ? (
          <Field
            label="Name"
            hint="Letters, digits, points, underscores and hyphens."
            problem={submitted || name !== '' ? nameProblem : null}
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
        ) : (
          <ul className={styles.names}>
            {names.map((topic) => (
              <li key={topic}>
                <code>{topic}</code>
              </li>
            ))}
          </ul>
        )}
        <div className={styles.counts}>
          <Field
            label="Partitions"
            hint="As many instances of a node can share the reading. More can be added later, never fewer."
            problem={partitionsProblem}
          >
            {(control) => (
              <TextInput
                {...control}
                data-autofocus={asksName ? undefined : ''}
                inputMode="numeric"
                value={partitions}
                onChange={(event) => setPartitions(event.target.value)}
              />
            )}
          </Field>
          <Field
            label="Replicas"
            hint={
              isEmbedded
                ? 'The embedded broker is alone: it keeps one copy.'
                : 'Copies of each partition, at most one on each broker.'
            }
            problem={replicationProblem}
          >
            {(control) => (
              <TextInput
                {...control}
                inputMode="numeric"
                value={replication}
                onChange={(event) => setReplication(event.target.value)}
              />
            )}
          </Field>
        </div>
      </DialogForm>
    </Dialog>
  );
}

function problemOfName(name: string, known: readonly { readonly name: string; readonly exists: boolean }[]) {
  if (known.some((topic) => topic.exists && topic.name === name)) return `${name} exists already`;
  const problem = settingProblem('kafka.topics.inbound', name);
  return problem === null ? null : `Expected ${problem}`;
}

function problemOfCount(text: string, maximum: number): string | null {
  const isCount = /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= maximum;
  return isCount ? null : `Expected a whole number from 1 to ${maximum}`;
}
