import { type FormEvent, useEffect, useState } from 'react';
import { type ErrorReport, toErrorReport } from '../../../../shared/errors.js';
import type { KafkaSecurity } from '../../../../shared/kafka-config.js';
import type { SecretState } from '../../../../shared/secrets.js';
import { Button } from '../../components/Button.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { Field, TextArea, TextInput } from '../../components/Field.js';
import { StateLabel } from '../../components/StateMark.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import styles from './SecretsList.module.css';
import { secretMeanings, secretStanding, secretTitles, shownSecrets } from './secret-words.js';

export interface SecretsListProps {
  /** Empty: of the kafka section. */
  readonly profile: string;
  readonly security: KafkaSecurity;
}

/** The secrets of a cluster: where each is kept, and the way to enter, replace and forget it. Values never show. */
export function SecretsList({ profile, security }: SecretsListProps) {
  const { secrets } = useStores();
  const view = useStoreState('secrets', (state) => state.views[profile] ?? null);
  const error = useStoreState('secrets', (state) => state.error);
  useEffect(() => {
    void secrets.getState().load(profile);
  }, [secrets, profile]);
  if (view === null) {
    return error === null ? null : <ErrorNotice error={error} what="The secrets could not be looked up" />;
  }
  const shown = shownSecrets(view, security);
  if (shown.length === 0) return null;
  return (
    <ul className={styles.list} aria-label={profile === '' ? 'Secrets' : `Secrets of ${profile}`}>
      {shown.map((secret) => (
        <SecretLine
          key={secret.name}
          profile={profile}
          secret={secret}
          security={security}
          keychainRefusal={view.keychainRefusal}
        />
      ))}
    </ul>
  );
}

interface SecretLineProps extends SecretsListProps {
  readonly secret: SecretState;
  readonly keychainRefusal: string | null;
}

function SecretLine({ profile, secret, security, keychainRefusal }: SecretLineProps) {
  const { secrets, toasts } = useStores();
  const [isEntering, setIsEntering] = useState(false);
  const { name, place } = secret;
  const { tone, words } = secretStanding(secret, security, keychainRefusal);
  const title = secretTitles[name];

  const forget = (): void => {
    secrets
      .getState()
      .set({ profile, name, value: null, keep: 'session' })
      .then(
        () => toasts.getState().show('success', `${title}: forgotten`),
        (error: unknown) => toasts.getState().showError(error, `${title} was not forgotten`),
      );
  };

  return (
    <li className={styles.secret}>
      <div>
        <p className={styles.title}>{title}</p>
        <p className={styles.soft}>{secretMeanings[name]}</p>
      </div>
      <div className={styles.value}>
        <StateLabel tone={tone}>{words}</StateLabel>
        {place === 'environment' ? (
          <span className={styles.soft}>It wins over what is entered here: change it there.</span>
        ) : (
          !isEntering && (
            <Button
              onClick={() => setIsEntering(true)}
              aria-label={`${place === null ? 'Enter' : 'Replace'}: ${title}`}
            >
              {place === null ? 'Enter …' : 'Replace …'}
            </Button>
          )
        )}
        {(place === 'keychain' || place === 'session') && !isEntering && (
          <Button icon="trash" onClick={forget} aria-label={`Forget: ${title}`}>
            Forget
          </Button>
        )}
        {isEntering && (
          <SecretForm
            profile={profile}
            secret={secret}
            keychainRefusal={keychainRefusal}
            onDone={() => setIsEntering(false)}
          />
        )}
      </div>
    </li>
  );
}

interface SecretFormProps {
  readonly profile: string;
  readonly secret: SecretState;
  readonly keychainRefusal: string | null;
  onDone(): void;
}

/** What is typed lives here alone, and only until it is saved. */
function SecretForm({ profile, secret: { name }, keychainRefusal, onDone }: SecretFormProps) {
  const { secrets, toasts } = useStores();
  const [value, setValue] = useState('');
  const [error, setError] = useState<ErrorReport | null>(null);
  const keep = keychainRefusal === null ? 'keychain' : 'session';

  const save = (event: FormEvent): void => {
    event.preventDefault();
    if (value === '') return;
    secrets
      .getState()
      .set({ profile, name, value, keep })
      .then(
        () => {
          const where = keep === 'keychain' ? 'kept in the system’s keychain' : 'held until the app quits';
          toasts.getState().show('success', `${secretTitles[name]}: ${where}`);
          onDone();
        },
        (failure: unknown) => setError(toErrorReport(failure)),
      );
  };

  return (
    <form className={styles.form} onSubmit={save}>
      <Field
        label={secretTitles[name]}
        hint={
          keychainRefusal === null
            ? 'Kept encrypted, with the system’s keychain. It cannot be read back here.'
            : `Held in memory until the app quits: ${keychainRefusal}.`
        }
      >
        {(control) =>
          name === 'privateKey' ? (
            <TextArea
              {...control}
              rows={4}
              placeholder="-----BEGIN PRIVATE KEY-----"
              autoComplete="off"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          ) : (
            <TextInput
              {...control}
              ref={focusOnce}
              type="password"
              autoComplete="new-password"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )
        }
      </Field>
      {error !== null && <ErrorNotice error={error} what="It was not saved" />}
      <div className={styles.actions}>
        <Button tone="primary" type="submit" disabled={value === ''}>
          {keep === 'keychain' ? 'Keep' : 'Use for this session'}
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}

/** The operator has just asked to type. */
function focusOnce(input: HTMLInputElement | null): void {
  input?.focus();
}
