/**
 * A value of a query language in double quotes, with escaped quotes and backslashes, as Google's filters, Kusto and Logs
 * Insights read it. Control characters, which would end a text in some of them, become a space.
 */
export function escapedText(text: string): string {
  const plain = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
