/** Starts the configured redaction in this thread. */
import { keyedNames } from '#core/keyed-names.ts';
import { numberedNaming, type RedactionSettings, useRedaction } from '#model/redaction/redaction.ts';

/** Plain data. `key` derives the names of values; if it is empty, they are counted. */
export type RedactionConfig = RedactionSettings & Readonly<{ key: string }>;

export function startRedaction(config: RedactionConfig): void {
  useRedaction(config, config.key === '' ? numberedNaming() : keyedNames(config.key));
}
