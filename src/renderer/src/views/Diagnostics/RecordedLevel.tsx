import { type LogLevel, logLevels } from '../../../../shared/logger.js';
import { Button } from '../../components/Button.js';
import { isOverridden } from '../../format/setting-words.js';
import { useStoreState, useStores } from '../../stores/stores-context.js';
import { InlineSelect } from './InlineSelect.js';

const options = logLevels.map((value) => ({ value, label: value }));

/** How much the app says about itself: at once, for this run; on request for the next ones too. */
export function RecordedLevel() {
  const { logs, settings, toasts } = useStores();
  const chosen = useStoreState('logs', (state) => state.level);
  const saved = useStoreState('settings', (state) => state.settings?.config.log.level ?? 'info');
  const source = useStoreState('settings', (state) => state.settings?.sources['log.level']);
  const level = chosen ?? saved;

  const choose = (next: LogLevel): void => {
    logs
      .getState()
      .setLevel(next)
      .catch((error: unknown) => toasts.getState().showError(error, 'The level was not changed'));
  };
  const keep = (): void => {
    settings
      .getState()
      .update({ 'log.level': level })
      .then(() => toasts.getState().show('success', `The log level is ${level} from now on`))
      .catch((error: unknown) => toasts.getState().showError(error, 'The level was not saved'));
  };

  return (
    <>
      <InlineSelect label="Record" value={level} options={options} onChange={choose} />
      {level !== saved && !isOverridden(source) && (
        <Button tone="quiet" title="It holds for this run; keep it for the next ones too" onClick={keep}>
          Keep
        </Button>
      )}
    </>
  );
}
