/** People stand in the record as their Slack ids; this is how they are shown: by name, and never so that it pings them. */

/** Names by Slack id. Someone who is not in it is shown by the id. */
export type Names = ReadonlyMap<string, string>;

/** A person's id and no word in capitals: one of the characters behind the first is a digit. */
const PERSON = /\b[UW](?=[A-Z]*\d)[A-Z0-9]{4,20}\b/g;

export function peopleIn(texts: readonly string[]): string[] {
  return [...new Set(texts.flatMap((text) => text.match(PERSON) ?? []))];
}

export function withNames(text: string, names: Names): string {
  return text.replace(PERSON, (id) => names.get(id) ?? id);
}
