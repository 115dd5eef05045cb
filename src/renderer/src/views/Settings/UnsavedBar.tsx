import { useCallback, useEffect } from 'react';
import { Button } from '../../components/Button.js';
import { ErrorNotice } from '../../components/ErrorNotice.js';
import { shortcutText } from '../../components/Kbd.js';
import { StateLabel } from '../../components/StateMark.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { reconnects } from './setting-groups.js';
import type { SettingRow } from './setting-rows.js';
import styles from './UnsavedBar.module.css';
import { focusSetting } from './use-settings-focus.js';

/** What is typed and not saved: how much, whether it can be saved, and what saving will do. */
export function UnsavedBar({ rows }: { readonly rows: readonly SettingRow[] }) {
  const { settingsDraft } = useStores();
  const saving = useStoreState('settingsDraft', (state) => state.saving);
  const error = useStoreState('settingsDraft', (state) => state.error);
  const dirty = rows.filter((row) => row.isDirty);
  const wrong = dirty.filter((row) => row.problem !== null);

  const save = useCallback(() => {
    const changed = rows.filter((row) => row.isDirty);
    const firstWrong = changed.find((row) => row.problem !== null);
    if (firstWrong === undefined) {
      const changes = changed.map((row) => row.change).filter((change) => change !== null);
      void settingsDraft.getState().save(changes);
    } else focusSetting(firstWrong.path);
  }, [rows, settingsDraft]);

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      if (document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      save();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [save]);

  if (dirty.length === 0) return null;
  return (
    <section className={styles.bar} aria-label="Unsaved changes" data-bottom-bar="">
      {error !== null && <ErrorNotice error={error} what="Nothing was saved" />}
      <div className={styles.line}>
        <p role="status" className={styles.words}>
          <strong>{dirty.length === 1 ? '1 unsaved change' : `${dirty.length} unsaved changes`}</strong>
          {wrong.length > 0 && <StateLabel tone="bad">{`${wrong.length} to mend`}</StateLabel>}
          {wrong.length === 0 && dirty.some((row) => reconnects(row.path)) && (
            <span className={styles.soft}>
              Saving reconnects Kafka and WebSocket; messages and charts stay.
            </span>
          )}
        </p>
        <Button onClick={() => settingsDraft.getState().discard()}>Discard</Button>
        <Button tone="primary" disabled={saving} title={`Save (${shortcutText('Mod+S')})`} onClick={save}>
          {saving ? 'Saving …' : wrong.length > 0 ? 'Show what to mend' : 'Save'}
        </Button>
      </div>
    </section>
  );
}
