/** Replaces the Slack ids of people in stored texts by their names, so that nobody is pinged. */
import { PERSON_ID } from '#model/incident/person-id.ts';

/** Names by Slack id. A person without a name here is shown by the id. */
export type Names = ReadonlyMap<string, string>;

export function peopleIn(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => text.match(PERSON_ID) ?? []))];
}

export function withNames(text: string, names: Names): string {
  return text.replace(PERSON_ID, (id) => names.get(id) ?? id);
}
