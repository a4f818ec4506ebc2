/** A string as LogQL and TraceQL read it (Go's rules, which JSON's escapes are part of); half of a surrogate pair would be refused. */
export function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}
