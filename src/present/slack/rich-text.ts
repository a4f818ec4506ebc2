/**
 * Builds Slack's rich text. Slack does not parse the text in it: a span named `<!channel>` or `*bold*` is shown as it is,
 * and can neither ping nor link nor end the surrounding formatting.
 */
import type {
  KnownBlock,
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

type Plain = (text: string) => RichTextElement;

/**
 * The words of a sentence from elsewhere; an instant in it is on the reader's own clock. `nearUs`: also a clock without a
 * day is, that of the day nearest to this instant.
 */
export function timed(text: string, plain: Plain = words, nearUs?: number): RichTextElement[] {
  const elements: RichTextElement[] = [];
  let done = 0;
  for (const { us, start, end, hasSeconds, hasDay } of readableIn(text, nearUs)) {
    if (start > done) elements.push(plain(text.slice(done, start)));
    if (hasDay) elements.push(hasSeconds ? date(us) : minute(us));
    else elements.push(instant(us, hasSeconds ? '{time_secs}' : '{time}', text.slice(start, end)));
    done = end;
  }
  return done < text.length || elements.length === 0 ? [...elements, plain(text.slice(done))] : elements;
}

/** Names between backticks become code. */
export function quoted(text: string, style: { bold?: boolean } = {}, nearUs?: number): RichTextElement[] {
  const plain = style.bold ? bold : words;
  return text.split('`').flatMap((part, at): RichTextElement[] => {
    if (at % 2 === 0) return timed(part, plain, nearUs);
    return [{ type: 'text', text: part, style: { ...style, code: true } }];
  });
}

/** Messages whose sentences name times without a day, with each on the reader's own clock. Code and links stay. */
export function onOwnClock(blocks: readonly KnownBlock[], nearUs: number | undefined): KnownBlock[] {
  if (nearUs === undefined) return [...blocks];
  return blocks.map((block) =>
    block.type === 'rich_text'
      ? { ...block, elements: block.elements.map((part) => partOnClock(part, nearUs)) }
      : block,
  );
}

function partOnClock(part: Part, nearUs: number): Part {
  if (part.type === 'rich_text_preformatted') return part;
  if (part.type !== 'rich_text_list') return { ...part, elements: elementsOnClock(part.elements, nearUs) };
  return {
    ...part,
    elements: part.elements.map((item) => ({ ...item, elements: elementsOnClock(item.elements, nearUs) })),
  };
}

function elementsOnClock(elements: readonly RichTextElement[], nearUs: number): RichTextElement[] {
  return elements.flatMap((element) =>
    element.type === 'text' && element.style?.code !== true
      ? timed(element.text, (text) => ({ ...element, text }), nearUs)
      : [element],
  );
}

/** Slack refuses an element without text, and a section without elements. */
function isEmpty(element: RichTextElement): boolean {
  return element.type === 'text' && element.text === '';
}
