/** A value of Google's filters in double quotes, with escaped quotes and backslashes; control characters are a space. */
export function quoted(text: string): string {
  const plain = text.toWellFormed().replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  return `"${plain.replace(/["\\]/g, '\\$&')}"`;
}
