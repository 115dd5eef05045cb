import { useState } from 'react';
import type { ConfigProblem } from '../../../../shared/config.js';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import { Dialog } from '../../components/Dialog.js';
import { DialogForm } from '../../components/DialogForm.js';
import { Field, TextInput } from '../../components/Field.js';
import { isOverridden, sourceWords } from '../../format/setting-words.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { conventionalTopic, type PeerDraft, peerProblems } from './peer-draft.js';

export interface PeerDialogProps {
  /** The peer to edit; null for a new one. */
  readonly name: string | null;
  onClose(): void;
}

/** Adds a peer or edits one; what is typed stays until it is saved or the dialog is closed. */
export function PeerDialog({ name, onClose }: PeerDialogProps) {
  const { peers: commands } = useStores();
  const settings = useStoreState('settings', (state) => state.settings);
  const self = settings?.config.node.name;
  const known = settings?.config.peers ?? {};
  const [draft, setDraft] = useState<PeerDraft>(() => ({
    name: name ?? '',
    websocket: '',
    topic: '',
    ...(name === null ? {} : known[name]),
  }));
  const [touched, setTouched] = useState<Readonly<Partial<Record<keyof PeerDraft, true>>>>({});
  const [refusals, setRefusals] = useState<readonly ConfigProblem[]>([]);
  const [error, setError] = useState<ErrorReport | null>(null);
  const [saving, setSaving] = useState(false);

  const taken = name === null ? [...Object.keys(known), ...(self === undefined ? [] : [self])] : [];
  const problems = peerProblems(draft, taken);
  const isValid = Object.keys(problems).length === 0;

  const edit = (key: keyof PeerDraft, text: string): void => {
    setRefusals([]);
    setError(null);
    setTouched({ ...touched, [key]: true });
    const follows = key === 'name' && draft.topic === conventionalTopic(draft.name);
    setDraft({ ...draft, [key]: text, ...(follows ? { topic: conventionalTopic(text) } : {}) });
  };

  const problemOf = (key: keyof PeerDraft): string | null => {
    const refusal = refusals.find((problem) => problem.path.endsWith(`.${key}`));
    if (refusal !== undefined) return `Expected ${refusal.allowed}`;
    return touched[key] === true ? (problems[key] ?? null) : null;
  };

  const submit = async (): Promise<void> => {
    setTouched({ name: true, websocket: true, topic: true });
    if (!isValid || saving) return;
    setSaving(true);
    const { name: peerName, ...peer } = draft;
    try {
      const found = await (name === null ? commands.add(peerName, peer) : commands.edit(name, peer));
      if (found.length === 0) onClose();
      else setRefusals(found);
    } catch (failure) {
      setError(toErrorReport(failure));
    } finally {
      setSaving(false);
    }
  };

  const source = (key: 'websocket' | 'topic') => settings?.sources[`peers.${name}.${key}`];
  const lockOf = (key: 'websocket' | 'topic'): string | null => {
    const from = name === null ? undefined : source(key);
    return isOverridden(from) ? `Set by ${sourceWords[from].from}, which wins over the file` : null;
  };
  // A refusal that belongs to no field of the form must not get lost.
  const other = refusals.filter(({ path }) => !/\.(websocket|topic)$/.test(path));

  return (
    <Dialog title={name === null ? 'Add a peer' : `Edit ${name}`} onClose={onClose}>
      <DialogForm
        submitLabel={name === null ? 'Add' : 'Save'}
        note="Saving links to this peer; every other connection stays as it is."
        isBusy={saving}
        refusals={other}
        error={error}
        failure="It was not saved"
        onSubmit={() => void submit()}
        onCancel={onClose}
      >
        {name === null && (
          <Field label="Name" hint="How the node names itself to the mesh." problem={problemOf('name')}>
            {(control) => (
              <TextInput
                {...control}
                data-autofocus
                value={draft.name}
                onChange={(event) => edit('name', event.target.value)}
              />
            )}
          </Field>
        )}
        <Field
          label="WebSocket endpoint"
          hint={lockOf('websocket') ?? 'Where this peer listens, for example ws://nexus-node:8767.'}
          problem={problemOf('websocket')}
        >
          {(control) => (
            <TextInput
              {...control}
              data-autofocus={name === null ? undefined : ''}
              disabled={lockOf('websocket') !== null}
              value={draft.websocket}
              onChange={(event) => edit('websocket', event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Topic"
          hint={lockOf('topic') ?? 'The Kafka topic addressed to this peer.'}
          problem={problemOf('topic')}
        >
          {(control) => (
            <TextInput
              {...control}
              disabled={lockOf('topic') !== null}
              value={draft.topic}
              onChange={(event) => edit('topic', event.target.value)}
            />
          )}
        </Field>
      </DialogForm>
    </Dialog>
  );
}
