import './jitless.js';
import { configSchema } from '../../../shared/config.js';
import { profileColors, usesLogin, usesTls } from '../../../shared/kafka-config.js';
import {
  checkSetting,
  defaultSetting,
  findSettingField,
  readSetting,
  type SettingField,
  settingFields,
} from '../../../shared/setting-fields.js';

export {
  checkSetting,
  defaultSetting,
  findSettingField,
  profileColors,
  readSetting,
  type SettingField,
  settingFields,
  usesLogin,
  usesTls,
};

/** What is wrong with a value for the setting at this path, in the schema's words; null when it may be saved. */
export function settingProblem(path: string, value: unknown): string | null {
  const field = findSettingField(path);
  return field === undefined ? 'a setting’s name' : checkSetting(field, value);
}

/** What is wrong with a name for a peer; null when it may be used. */
export function peerNameProblem(name: string): string | null {
  const result = configSchema.shape.peers.keyType.safeParse(name);
  return result.success ? null : (result.error.issues[0]?.message ?? 'a name');
}
