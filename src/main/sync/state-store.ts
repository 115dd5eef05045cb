import { z } from 'zod';
import type { Stamp } from '../../shared/stamp.js';
import { emptyRegisterMap, mergeRegisters, type Register, type RegisterMap } from './register-map.js';
import { createRegister, isDerivedField, isFieldName } from './state-fields.js';

/** The merged state as it is kept between two runs. The hybrid clock resumes from its stamps. */
export interface PersistedState {
  readonly version: 1;
  readonly fields: Readonly<Record<string, { readonly value: unknown; readonly stamp: Stamp }>>;
}

/** Where the merged state outlives a restart; the pipeline gives one that writes a file. */
export interface StateStore {
  /** What `save` was given last, or `null`. What it returns is validated here. */
  load(): Promise<unknown>;
  save(state: PersistedState): Promise<void>;
}

const persistedSchema = z.object({
  version: z.literal(1),
  fields: z.record(
    z.string(),
    z.object({
      value: z.unknown(),
      stamp: z.tuple([z.int().min(0), z.int().min(0), z.string().min(1).max(128)]),
    }),
  ),
});

export function toPersistedState(registers: RegisterMap): PersistedState {
  return {
    version: 1,
    fields: Object.fromEntries([...registers].map(([name, { value, stamp }]) => [name, { value, stamp }])),
  };
}

/** The registers of an earlier run; `null` when the stored value is not one of ours. Single bad fields are left out. */
export function fromPersistedState(
  stored: unknown,
  isPlausible: (stamp: Stamp) => boolean,
): RegisterMap | null {
  const checked = persistedSchema.safeParse(stored);
  if (!checked.success) return null;
  const registers = new Map<string, Register>();
  for (const [name, { value, stamp }] of Object.entries(checked.data.fields)) {
    if (!isFieldName(name) || isDerivedField(name) || !isPlausible(stamp)) continue;
    const register = createRegister(value, stamp);
    if (register !== null) registers.set(name, register);
  }
  return mergeRegisters(emptyRegisterMap, registers).registers;
}
