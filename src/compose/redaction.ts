/** Redaction as it is configured, in this thread. */
import type { RedactionConfig } from '#analyse/start-redaction.ts';
import type { Config } from '#config/schema.ts';

/** Where the names of what is redacted come from: a bot keeps its key, a play forgets it, a command line makes none. */
export type RedactionKey = 'kept' | 'made' | 'drawn';

/** Starts redaction in this thread as it is configured. */
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
