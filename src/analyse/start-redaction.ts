/** What is taken out of texts in this thread, and how it is called, as it was configured. */
import { keyedNames } from '#core/keyed-names.ts';
import { numberedNaming, type RedactionSettings, useRedaction } from '#model/redaction/redaction.ts';

/** Plain data. `key` makes the names of values; where it is empty they are counted. */
export type RedactionConfig = RedactionSettings & Readonly<{ key: string }>;

export function startRedaction(config: RedactionConfig): void {
  useRedaction(config, config.key === '' ? numberedNaming() : keyedNames(config.key));
}
