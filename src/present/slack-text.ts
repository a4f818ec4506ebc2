/** Untrusted text in Slack's own markup. Blocks use rich text instead, where nothing is parsed (`rich-text.ts`). */

/** `<!channel>`, `<@U…>` and `<https://…|label>` need their angle brackets; without them they are letters. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Cut to so many UTF-16 units, which is what Slack counts, never through a character. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  let kept = '';
  for (const char of text) {
    if (kept.length + char.length > length - 1) break;
    kept += char;
  }
  return `${kept}…`;
}
