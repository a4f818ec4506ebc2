/**
 * Values that are bound to the placeholders of a query: `{services:Array(String)}`. ClickHouse reads them after it has
 * read the query, so none can change it. A text is written in the form of tab-separated values, the texts of a list in
 * single quotes.
 *
 * https://clickhouse.com/docs/interfaces/http#cli-queries-with-parameters
 */

export type Parameters = Readonly<Record<string, string>>;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
};

/** For `String` and `Identifier`. */
export function textParameter(value: string): string {
  return value.toWellFormed().replace(/[\\\t\n\r\0]/g, (character) => ESCAPES[character] ?? '');
}

/** For `Array(String)`. */
export function listParameter(values: readonly string[]): string {
  return `[${values.map((value) => `'${textParameter(value).replaceAll("'", "\\'")}'`).join(',')}]`;
}
