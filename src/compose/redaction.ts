/** Sets up the configured redaction in this thread. */
import type { RedactionConfig } from '#analyse/start-redaction.ts';
import type { Config } from '#config/schema.ts';
import { ConfigError } from '#core/errors.ts';

/** The key for the names of redacted values: a bot stores it, the playground discards it, a command line has none. */
export type RedactionKey = 'kept' | 'made' | 'drawn';

/** Replicas with different keys would give the same value different names. */
export function requireSharedKey({ store, redaction }: Pick<Config, 'store' | 'redaction'>): void {
  if (store.url === undefined || redaction.key !== undefined) return;
  throw new ConfigError(
    'SPANHOUND_REDACTION_KEY is required with DATABASE_URL, the same in all replicas: `openssl rand -hex 32` makes one',
  );
}

/** Starts the configured redaction in this thread. */
export async function composeRedaction(
  { redaction, dataFolder }: Pick<Config, 'redaction' | 'dataFolder'>,
  from: RedactionKey = 'kept',
): Promise<RedactionConfig> {
  const [keys, { startRedaction }] = await Promise.all([
    import('#adapters/files/redaction-key.ts'),
    import('#analyse/start-redaction.ts'),
  ]);
  const key = {
    kept: () => keys.keptRedactionKey(dataFolder) ?? '',
    made: () => keys.madeRedactionKey(dataFolder),
    drawn: keys.drawnRedactionKey,
  };
  const config = { ...redaction, key: redaction.key ?? key[from]() };
  startRedaction(config);
  return config;
}
