/** People stand in the record as their Slack ids; this is how they are shown: by name, and never so that it pings them. */
import { PERSON_ID } from '#model/incident/person-id.ts';

/** Names by Slack id. Someone who is not in it is shown by the id. */
export type Names = ReadonlyMap<string, string>;

export function peopleIn(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => text.match(PERSON_ID) ?? []))];
}

export function withNames(text: string, names: Names): string {
  return text.replace(PERSON_ID, (id) => names.get(id) ?? id);
}
