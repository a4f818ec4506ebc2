/** `pattern` matches from a beginning on; its first group, where it has one, is what stays readable. */
export type Form = Readonly<{ kind: string; beginnings: readonly string[]; pattern: string }>;

/** A row of a table of forms. A beginning has at least two characters of ASCII, which no letter or digit precedes. */
export function form(kind: string, beginnings: readonly string[], pattern: string): Form {
  return { kind, beginnings, pattern };
}
