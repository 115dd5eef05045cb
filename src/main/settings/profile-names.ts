import { type Config, configSchema } from '../../shared/config.js';
import { ResonanceError } from '../../shared/errors.js';

/**
 * That a name may be given to a new profile. Names become folders and files: only what the schema allows.
 *
 * @throws ResonanceError `CONFIGURATION_INVALID`
 */
export function assertFreeProfileName(config: Config, name: string): void {
  const result = configSchema.shape.profiles.keyType.safeParse(name);
  if (!result.success) {
    throw new ResonanceError('CONFIGURATION_INVALID', `${name} cannot be the name of a profile`, {
      hint: `Expected ${result.error.issues[0]?.message ?? 'letters and digits'}.`,
    });
  }
  if (!Object.hasOwn(config.profiles, name)) return;
  throw new ResonanceError('CONFIGURATION_INVALID', `There is a profile ${name} already`, {
    hint: 'Choose another name.',
  });
}
