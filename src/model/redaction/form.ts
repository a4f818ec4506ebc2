/** `pattern` matches from a beginning on; its first group, where it has one, is what stays readable. */
export type Form = Readonly<{ kind: string; beginnings: readonly string[]; pattern: string }>;

/** RFC 9562, in lower case: a part of patterns. */
export const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** A row of a table of forms. A beginning has at least two characters of ASCII, which no letter or digit precedes. */
export function form(kind: string, beginnings: readonly string[], pattern: string): Form {
  return { kind, beginnings, pattern };
}

/** `kept` stays, `value` is redacted. */
export function secret(beginnings: readonly string[], kept: string, value: string): Form {
  return form('secret', beginnings, `(${kept})(?:${value})`);
}
