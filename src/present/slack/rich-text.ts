/**
 * Builds Slack's rich text. Slack does not parse the text in it: a span named `<!channel>` or `*bold*` is shown as it is,
 * and can neither ping nor link nor end the surrounding formatting.
 */
import type {
  RichTextBlock,
  RichTextElement,
  RichTextList,
  RichTextPreformatted,
  RichTextQuote,
  RichTextSection,
} from '@slack/types';
import { epochSeconds, readableIn, readableMinute, readableSecond } from '#present/words/instant.ts';
import { openable } from '#present/words/links.ts';

export type Part = RichTextSection | RichTextList | RichTextPreformatted | RichTextQuote;

export function richText(...parts: Part[]): RichTextBlock {
  return { type: 'rich_text', elements: parts };
}

export function paragraph(...elements: readonly RichTextElement[]): RichTextSection {
  const said = elements.filter((element) => !isEmpty(element));
  return { type: 'rich_text_section', elements: said.length === 0 ? [words(' ')] : said };
}

export function bullets(items: readonly RichTextSection[], style: 'bullet' | 'ordered' = 'bullet'): RichTextList {
  return { type: 'rich_text_list', style, elements: [...items] };
}

export function quotation(...elements: readonly RichTextElement[]): RichTextQuote {
  return { type: 'rich_text_quote', elements: elements.filter((element) => !isEmpty(element)) };
}

export function preformatted(words: string): RichTextPreformatted {
  return { type: 'rich_text_preformatted', elements: [{ type: 'text', text: words }] };
}

export function words(text: string): RichTextElement {
  return { type: 'text', text };
}

export function bold(text: string): RichTextElement {
  return { type: 'text', text, style: { bold: true } };
}

export function italic(text: string): RichTextElement {
  return { type: 'text', text, style: { italic: true } };
}

export function code(text: string): RichTextElement {
  return { type: 'text', text, style: { code: true } };
}

/** Longer addresses would use up what Slack allows for a whole message. */
const LONGEST_URL = 1000;

/** Plain text where the address is not a web page: Slack refuses a message with any other link. */
export function link(url: string, text: string): RichTextElement {
  const page = openable(url);
  return page === '' || page.length > LONGEST_URL ? words(text) : { type: 'link', url: page, text };
}

/**
 * An instant (microseconds since the epoch) in the reader's own time zone and clock, to the second. The plain text, for
 * notifications and old apps, is in UTC.
 */
export function date(us: number): RichTextElement {
  return instant(us, '{date_short_pretty} {time_secs}', readableSecond(us));
}

/** The same to the minute, in a sentence. */
export function minute(us: number, { withDay = true } = {}): RichTextElement {
  return instant(us, withDay ? '{date_short_pretty} {time}' : '{time}', readableMinute(us));
}

/** `34 minutes ago`: Slack counts on, so that the message need not be updated. */
export function ago(us: number): RichTextElement {
  return instant(us, '{ago}', `at ${readableMinute(us)}`);
}

function instant(us: number, format: string, fallback: string): RichTextElement {
  return { type: 'date', timestamp: epochSeconds(us), format, fallback };
}

/** The words of a sentence from elsewhere; an instant in it is on the reader's own clock. */
export function timed(text: string, plain: (text: string) => RichTextElement = words): RichTextElement[] {
  const elements: RichTextElement[] = [];
  let done = 0;
  for (const { us, start, end, hasSeconds } of readableIn(text)) {
    if (start > done) elements.push(plain(text.slice(done, start)));
    elements.push(hasSeconds ? date(us) : minute(us));
    done = end;
  }
  return done < text.length || elements.length === 0 ? [...elements, plain(text.slice(done))] : elements;
}

/** Names between backticks become code. */
export function quoted(text: string, style: { bold?: boolean } = {}): RichTextElement[] {
  const plain = style.bold ? bold : words;
  return text.split('`').flatMap((part, at): RichTextElement[] => {
    if (at % 2 === 0) return timed(part, plain);
    return [{ type: 'text', text: part, style: { ...style, code: true } }];
  });
}

/** Slack refuses an element without text, and a section without elements. */
function isEmpty(element: RichTextElement): boolean {
  return element.type === 'text' && element.text === '';
}
