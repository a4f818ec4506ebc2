/** A utility's answer to the person who asked: a sentence and plain text. Slack parses nothing in it. */
import type { KnownBlock } from '@slack/types';
import { bold, bullets, date, paragraph, preformatted, richText, words } from '#present/slack/rich-text.ts';
import { escapeMrkdwn, truncate } from '#present/slack/text.ts';
import { shown, shownLines } from '#present/words/plain-text.ts';

export type ToolAnswer = Readonly<{
  /** The answer in one line. */
  title: string;
  /** Lines of text; '' for none. */
  body: string;
  notes: readonly string[];
  /** An instant that is also shown in the reader's time zone. */
  epochSeconds?: number | undefined;
}>;

/** Long texts do not help in a channel, and Slack accepts 12,000 characters. */
const BODY_CHARS = 2_900;
const BODY_LINES = 60;
const TITLE_CHARS = 300;
const NOTES = 8;

export function toolMessage(
  { title, body, notes, epochSeconds }: ToolAnswer,
  more: readonly KnownBlock[] = [],
): Readonly<{ text: string; blocks: readonly KnownBlock[] }> {
  const head = truncate(shown(title), TITLE_CHARS);
  const text = shortened(shownLines(body).trimEnd());
  const clock = epochSeconds === undefined ? [] : [paragraph(words('In your time zone: '), date(epochSeconds * 1e6))];
  const listed = notes.slice(0, NOTES).map((note) => paragraph(words(truncate(shown(note), TITLE_CHARS))));
  const parts = [
    paragraph(bold(head)),
    ...(text === '' ? [] : [preformatted(text)]),
    ...clock,
    ...(listed.length === 0 ? [] : [bullets(listed)]),
  ];
  return { text: escapeMrkdwn(head), blocks: [richText(...parts), ...more] };
}

function shortened(body: string): string {
  const lines = body.split('\n');
  let kept = lines.slice(0, BODY_LINES).join('\n');
  if (kept.length > BODY_CHARS) kept = truncate(kept, BODY_CHARS);
  const left = lines.length - kept.split('\n').length;
  if (left === 0 && kept === body) return kept;
  return `${kept}\n… ${left > 0 ? `${left} more lines` : 'truncated'}: ./spanhound in a terminal shows all`;
}
