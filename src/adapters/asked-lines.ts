/** What a query asks of log lines, in the language of any store: each store says how it writes the four conditions. */
import type { LineQuery } from '#gather/sources.ts';

/** `Condition`: a text of a query language, or a clause in JSON. */
export type LineLanguage<Condition> = Readonly<{
  /** The line, or a field of it, has this text. */
  says(text: string): Condition;
  oneOf(conditions: readonly Condition[]): Condition;
  /** One of these fields has one of these values. */
  hasField(names: readonly string[], values: readonly string[]): Condition;
  /** A field with the id of a trace has this one, in any of its forms. */
  isOfTrace(traceId: string): Condition;
}>;

/** All of them have to hold. The services that the query names are not among them. */
export function askedOfLines<Condition>(
  query: LineQuery,
  { says, oneOf, hasField, isOfTrace }: LineLanguage<Condition>,
): readonly Condition[] {
  switch (query.by) {
    case 'service':
      return [];
    case 'text':
      return [says(query.text)];
    case 'words':
      return query.words.map(says);
    case 'any-text':
      return [oneOf(query.texts.map(says))];
    case 'field':
      return [hasField(query.names, query.values)];
    case 'trace-field':
      return [isOfTrace(query.traceId)];
  }
}

/** The parts of a text between control characters, which no query language takes in a text alike. */
export function printableParts(text: string): readonly string[] {
  const parts = text.toWellFormed().split(/[\p{Cc}\u2028\u2029]+/u);
  return parts.filter((part) => part !== '');
}
