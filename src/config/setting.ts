/**
 * A setting is a leaf of the schema with its meaning and its variable. The environment, the refusal of secrets in
 * files, the error messages and `docs/configuration.md` are all derived from these.
 */
import { z } from 'zod';

type SettingFacts = {
  env: string;
  means: string;
  /** Comes from the environment or its own file (`…_FILE`), never from the configuration file. */
  secret?: true;
};

export const settingFacts = z.registry<SettingFacts>();

export type Setting = Readonly<{
  path: readonly string[];
  env: string;
  means: string;
  secret: boolean;
  /** How the variable's text is parsed. */
  kind: 'text' | 'number' | 'flag' | 'address' | 'pairs' | 'list';
  default: unknown;
}>;

/** Every setting below a schema, in the order of the schema. */
export function settingsOf(schema: z.core.$ZodType, path: readonly string[] = [], preset?: unknown): Setting[] {
  const facts = settingFacts.get(schema as z.ZodType);
  if (facts) {
    const { env, means, secret = false } = facts;
    return [{ path, env, means, secret, kind: kindOf(schema), default: preset }];
  }
  if (schema instanceof z.ZodOptional) return settingsOf(schema.unwrap(), path);
  if (schema instanceof z.ZodPrefault) return settingsOf(schema.unwrap(), path, schema.def.defaultValue);
  if (!(schema instanceof z.ZodObject)) throw new Error(`the setting ${path.join('.')} does not say what it means`);
  return Object.entries(schema.shape).flatMap(([key, inner]) => settingsOf(inner, [...path, key]));
}

function kindOf(schema: z.core.$ZodType): Setting['kind'] {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'flag';
  if (schema instanceof z.ZodRecord) return 'pairs';
  if (schema instanceof z.ZodPipe) return 'address';
  if (schema instanceof z.ZodArray) return 'list';
  return 'text';
}
