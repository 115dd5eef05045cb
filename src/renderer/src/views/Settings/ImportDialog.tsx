import { type FormEvent, useState } from 'react';
import type { ClientFileSource, ClientImportPreview } from '../../../../shared/client-import.js';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import { Button } from '../../components/Button.js';
import { Dialog } from '../../components/Dialog.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { Field, TextArea, TextInput } from '../../components/Field.js';
import { Segmented } from '../../components/Segmented.js';
import { useStores } from '../../stores/stores-context.js';
import styles from './ImportDialog.module.css';
import { ImportPreview } from './ImportPreview.js';

export interface ImportDialogProps {
  /** Names that cannot be given again. */
  readonly taken: readonly string[];
  onClose(): void;
}

/** Makes a profile of the file of another Kafka client: which file, what would become of each key of it, saving. */
export function ImportDialog({ taken, onClose }: ImportDialogProps) {
  const [preview, setPreview] = useState<Previewed | null>(null);
  return (
    <Dialog title="Import a client’s configuration" placement="drawer" onClose={onClose}>
      <div className={styles.content}>
        <SourceForm onPreview={setPreview} />
        {preview !== null && (
          <ImportPreview
            key={preview.sequence}
            source={preview.source}
            preview={preview.preview}
            taken={taken}
            onClose={onClose}
          />
        )}
      </div>
    </Dialog>
  );
}

interface Previewed {
  readonly sequence: number;
  readonly source: ClientFileSource;
  readonly preview: ClientImportPreview;
}

function SourceForm({ onPreview }: { readonly onPreview: (previewed: Previewed | null) => void }) {
  const { profiles } = useStores();
  const [kind, setKind] = useState<ClientFileSource['kind']>('file');
  const [path, setPath] = useState('');
  const [text, setText] = useState('');
  const [error, setError] = useState<ErrorReport | null>(null);
  const [sequence, setSequence] = useState(0);

  const look = (source: ClientFileSource): void => {
    setError(null);
    profiles.previewImport(source).then(
      (preview) => {
        setSequence(sequence + 1);
        onPreview({ sequence, source, preview });
      },
      (failure: unknown) => {
        setError(toErrorReport(failure));
        onPreview(null);
      },
    );
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    look(kind === 'file' ? { kind, path: path.trim() } : { kind, text });
  };
  const choose = (): void => {
    profiles.chooseFile().then(
      (chosen) => {
        if (chosen === null) return;
        setPath(chosen);
        look({ kind: 'file', path: chosen });
      },
      (failure: unknown) => setError(toErrorReport(failure)),
    );
  };

  return (
    <form className={styles.content} onSubmit={submit}>
      <p className={styles.soft}>
        Java’s <code>client.properties</code>, librdkafka’s and kcat’s <code>key=value</code> files. Nothing
        is saved before you say so; passwords go to the keychain, never into the settings file.
      </p>
      <Segmented<ClientFileSource['kind']>
        label="From"
        value={kind}
        options={[
          { value: 'file', label: 'A file' },
          { value: 'text', label: 'Pasted text' },
        ]}
        startsFocused
        onChange={setKind}
      />
      {kind === 'file' ? (
        <div className={styles.file}>
          <Field label="File">
            {(control) => (
              <TextInput
                {...control}
                placeholder="/home/me/client.properties"
                value={path}
                onChange={(event) => setPath(event.target.value)}
              />
            )}
          </Field>
          <Button icon="folder" onClick={choose}>
            Choose …
          </Button>
        </div>
      ) : (
        <Field label="Text" hint="Files that it names are looked for where the app was started.">
          {(control) => (
            <TextArea
              {...control}
              rows={8}
              placeholder={'bootstrap.servers=…\nsecurity.protocol=SASL_SSL'}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      )}
      {error !== null && <ErrorNotice error={error} />}
      <div className={styles.actions}>
        <Button type="submit" disabled={(kind === 'file' ? path : text).trim() === ''}>
          Preview
        </Button>
      </div>
    </form>
  );
}
