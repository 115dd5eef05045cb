import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { defaultSetting, settingFields } from '../../src/shared/setting-fields.js';

const readmeFile = new URL('../../README.md', import.meta.url);
const section = /(<!-- settings:begin[^\n]*-->\n)[\s\S]*?(<!-- settings:end -->)/;

/** The configuration table as the schema has it. */
function settingsTable(): string {
  const fields = settingFields.filter(({ path }) => !path.startsWith('profiles.*.security.'));
  const rows = fields.map((field) => {
    const value = defaultSetting(field.path);
    const shown = value === undefined ? '' : `\`${JSON.stringify(value)}\``;
    const allowed = field.kind === 'text' || field.kind === 'list' ? '' : ` Allowed: ${field.allowed}.`;
    const unit = field.unit === null ? '' : ` (${field.unit})`;
    return `| \`${field.path.replace('*', 'NAME')}\` | ${shown} | ${field.description}${unit}${allowed} |`;
  });
  const security = '| `profiles.NAME.security.*` |  | As `kafka.security.*`, for this profile. |';
  return ['| setting | default | what it is |', '|---|---|---|', ...rows, security].join('\n');
}

/** `RESONANCE_UPDATE_README=1 npm test -- readme` writes the table. */
test('the README’s configuration table says what the schema says', async () => {
  const readme = await readFile(readmeFile, 'utf8');
  const expected = readme.replace(
    section,
    (_all, begin: string, end: string) => `${begin}\n${settingsTable()}\n\n${end}`,
  );
  if (process.env.RESONANCE_UPDATE_README === '1') await writeFile(readmeFile, expected);
  else expect(readme).toBe(expected);
});
