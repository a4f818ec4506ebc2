import { cutLine } from '#model/text/cut-text.ts';
import { escapeMrkdwn } from '#present/slack-text.ts';

/** A whole pasted log is not worth repeating. */
const MOST_CHARS = 120;

/** What a person typed, said back to them as code: it can neither mention anyone nor end the code. */
export function quoteTyped(typed: string, mostChars: number = MOST_CHARS): string {
  return `\`${escapeMrkdwn(cutLine(typed.replaceAll('`', "'"), mostChars))}\``;
}
