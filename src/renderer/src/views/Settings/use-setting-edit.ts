import { useStores } from '../../stores/stores-context.js';
import type { SettingRow } from './setting-rows.js';

/** The setting whose effect is the window's own look: it shows while choosing. */
const appliesAtOnce = 'window.theme';

/** What a control does with a new text, null for the default: it goes to the drafts; the theme applies at once. */
export function useSettingEdit({ path, field, savedText }: SettingRow): (text: string | null) => void {
  const { settings, settingsDraft, toasts } = useStores();
  return (text) => {
    if (path !== appliesAtOnce) {
      settingsDraft.getState().edit(path, text, savedText);
      return;
    }
    settings
      .getState()
      .update({ [path]: text })
      .catch((error: unknown) => toasts.getState().showError(error, `${field.title} was not saved`));
  };
}
