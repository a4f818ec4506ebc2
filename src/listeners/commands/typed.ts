import { cutLine } from '#model/text/cut-text.ts';
import { escapeMrkdwn } from '#present/slack/text.ts';

/** Enough to recognise a pasted log. */
const MOST_CHARS = 120;

/** Quotes a person's text as code. It can neither mention anyone nor end the code. */
export function quoteTyped(typed: string, mostChars: number = MOST_CHARS): string {
  return `\`${escapeMrkdwn(cutLine(typed.replaceAll('`', "'"), mostChars))}\``;
}
