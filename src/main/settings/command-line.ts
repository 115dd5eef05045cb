import { ResonanceError } from '../../shared/errors.js';
import { findSettingField, type SettingField } from '../../shared/setting-fields.js';

/** What the flags that every command takes say. */
export interface SettingsArguments {
  /** `--config FILE` */
  readonly configFile: string | null;
  /** `--data-dir DIR` */
  readonly dataDirectory: string | null;
  /** `--set KEY=VALUE` (repeatable), nested as in the settings file. */
  readonly values: Record<string, unknown>;
  /** Everything else, in order. */
  readonly rest: readonly string[];
}

/**
 * Takes `--config FILE`, `--data-dir DIR` and `--set KEY=VALUE` (also as `--flag=VALUE`) out of an argument list.
 *
 * @throws ResonanceError `COMMAND_INVALID` for a flag without its value
 */
export function parseSettingsArguments(parameters: readonly string[]): SettingsArguments {
  let configFile: string | null = null;
  let dataDirectory: string | null = null;
  const values: Record<string, unknown> = {};
  const rest: string[] = [];
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index] ?? '';
    const flag = ['--config', '--data-dir', '--set'].find(
      (name) => parameter === name || parameter.startsWith(`${name}=`),
    );
    if (flag === undefined) {
      rest.push(parameter);
      continue;
    }
    let value = parameter.slice(flag.length + 1);
    if (parameter === flag) {
      index += 1;
      value = parameters[index] ?? '';
    }
    if (value === '') throw new ResonanceError('COMMAND_INVALID', `${flag} needs a value`);
    if (flag === '--config') configFile = value;
    else if (flag === '--data-dir') dataDirectory = value;
    else assign(values, value);
  }
  return { configFile, dataDirectory, values, rest };
}

/** Turns the text of `--set` or of an environment variable into the kind of value that the setting has. */
export function coerceSetting(field: SettingField | undefined, text: string): unknown {
  const parsed = parseJson(text);
  if (field === undefined || parsed === null) return parsed;
  switch (field.kind) {
    case 'text':
    case 'choice':
      return typeof parsed === 'string' ? parsed : text;
    case 'list':
      return Array.isArray(parsed)
        ? parsed
        : text
            .split(',')
            .map((item) => item.trim())
            .filter((item) => item !== '');
    default:
      return parsed;
  }
}

function assign(values: Record<string, unknown>, assignment: string): void {
  const equals = assignment.indexOf('=');
  if (equals < 1) {
    throw new ResonanceError('COMMAND_INVALID', `--set ${assignment}: expected KEY=VALUE`, {
      hint: 'For example --set websocket.port=0',
    });
  }
  const path = assignment.slice(0, equals).trim();
  const steps = path.split('.');
  if (steps.includes('__proto__')) {
    throw new ResonanceError('COMMAND_INVALID', `--set ${path}: not a setting`);
  }
  let target = values;
  for (const step of steps.slice(0, -1)) {
    const next = Object.hasOwn(target, step) ? target[step] : undefined;
    const child = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {};
    target[step] = child;
    target = child;
  }
  target[steps.at(-1) ?? ''] = coerceSetting(findSettingField(path), assignment.slice(equals + 1));
}

/** The JSON value of a text, or the text itself where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
