/**
 * A string literal for LogQL and TraceQL (Go's rules, a superset of JSON's escapes); lone surrogates would be rejected.
 */
export function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}
