/**
 * Builds Slack's rich text. Slack does not parse the text in it: a span named `<!channel>` or `*bold*` is shown as it is,
 * and can neither ping nor link nor end the surrounding formatting.
 */
import type { RichTextBlock, RichTextElement, RichTextList, RichTextPreformatted, RichTextSection } from '@slack/types';
import { openable } from '#present/words/links.ts';

export type Part = RichTextSection | RichTextList | RichTextPreformatted;

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

/** In the reader's own time zone. */
export function date(epochSeconds: number, fallback: string): RichTextElement {
  return { type: 'date', timestamp: epochSeconds, format: '{date_short_pretty} {time_secs}', fallback };
}

/** Slack refuses an element without text, and a section without elements. */
function isEmpty(element: RichTextElement): boolean {
  return element.type === 'text' && element.text === '';
}
