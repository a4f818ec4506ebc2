/** The entry whose words a restored entry repeats: a restore writes a new entry with the words of the withdrawn one. */
import type { Schema } from '#record/schema.ts';

/** Begins the key of an entry that brings another one back. */
export const RESTORED = 'restored:';

/** The id of the entry that a person wrote; of one that came back, the id of the first. */
export function originOf({ id, key }: Pick<Schema['timeline_entries'], 'id' | 'key'>): string {
  return restoredFrom(key) ?? id;
}

/** The id of the entry that this one brings back; undefined for any other key. */
export function restoredFrom(key: string): string | undefined {
  return key.startsWith(RESTORED) ? key.slice(RESTORED.length, key.indexOf(':', RESTORED.length)) : undefined;
}
