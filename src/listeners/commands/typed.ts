import { escapeMrkdwn } from '#present/slack-text.ts';

/** A whole pasted log is not worth repeating. */
const MOST_CHARS = 120;

/** What a person typed, said back to them as code: it can neither mention anyone nor end the code. */
export function quoteTyped(typed: string, mostChars: number = MOST_CHARS): string {
  const line = typed.replaceAll('`', "'").replace(/\s+/g, ' ');
  const characters = [...line];
  const shortened = characters.length > mostChars ? `${characters.slice(0, mostChars).join('')}…` : line;
  return `\`${escapeMrkdwn(shortened)}\``;
}
