/**
 * Collects the text of a Slack message from all its parts: text, blocks, attachments, and blocks in attachments. Alert
 * apps post an empty `text` and put everything into attachments, with a `fallback` of "[no preview available]".
 */
import { isObject } from '#model/text/json-object.ts';

export type SlackLink = Readonly<{ url: string; label: string }>;

export type Line = Readonly<{
  /** Links shown as their labels, without escapes. */
  text: string;
  /** The same without its links. */
  rest: string;
  links: readonly SlackLink[];
}>;

export type Said = Readonly<{
  lines: readonly Line[];
  /** `*Service:*` and its value; names in lower case, the first of each name. */
  fields: ReadonlyMap<string, string>;
  /** Where buttons lead, with their texts. */
  buttons: readonly SlackLink[];
  /** The app's fallback text; used only if there is nothing else. */
  fallback: string;
}>;

/** The practical maximum depth of a message (attachment, block, section, element); deeper content is ignored. */
const MAX_DEPTH = 8;

const RICH_TEXT = new Set(['rich_text_section', 'rich_text_preformatted', 'rich_text_quote']);

/** The text of an empty fallback. */
const PLACEHOLDER = /^\[no preview available\]$/i;

export function saidIn(message: Readonly<{ text?: unknown; blocks?: unknown; attachments?: unknown }>): Said {
  const lines: Line[] = [];
  const fields = new Map<string, string>();
  const buttons: SlackLink[] = [];
  const fallbacks: string[] = [];

  function say(text: unknown): void {
    if (typeof text !== 'string') return;
    noteField(FIELD, text);
    for (const line of text.split('\n').slice(1, MOST_LINES)) noteField(LINE_FIELD, line);
    for (const line of linesOf(text)) {
      // The top-level text repeats the first block, for notifications.
      if (line.text !== '' && !lines.some((known) => known.text === line.text)) lines.push(line);
    }
  }

  function noteField(form: RegExp, text: unknown): void {
    if (typeof text !== 'string') return;
    const [, name = '', value = ''] = form.exec(plain(text)) ?? [];
    noteValue(name, value);
  }

  function noteValue(name: string, value: string): void {
    const key = name.trim().toLowerCase();
    if (key !== '' && value.trim() !== '' && !fields.has(key)) fields.set(key, value.trim());
  }

  function visitBlocks(blocks: unknown, depth: number): void {
    if (depth > MAX_DEPTH) return;
    for (const block of listOf(blocks)) visitBlock(block, depth);
  }

  function visitBlock(block: unknown, depth: number): void {
    if (!isObject(block)) return;
    const { type, text, fields, elements, accessory, url } = block;
    if (typeof type === 'string' && RICH_TEXT.has(type)) {
      say(mrkdwnOf(elements));
      return;
    }
    if (type === 'button') {
      noteButton(url, text);
      return;
    }
    say(writtenIn(text));
    noteField(NAMED_ALONE, writtenIn(text));
    for (const field of listOf(fields)) {
      say(writtenIn(field));
      noteField(NAMED_FIELD, writtenIn(field));
    }
    visitBlocks(elements, depth + 1);
    visitBlock(accessory, depth + 1);
  }

  function noteButton(url: unknown, text: unknown): void {
    const label = isObject(text) ? text.text : text;
    if (typeof url === 'string') buttons.push({ url, label: typeof label === 'string' ? label : '' });
  }

  function visitAttachment(attachment: unknown): void {
    if (!isObject(attachment)) return;
    const { pretext, title, title_link, text, fields, footer, fallback, blocks, actions } = attachment;
    say(pretext);
    say(typeof title === 'string' && typeof title_link === 'string' ? mrkdwnLink(title_link, title) : title);
    say(text);
    for (const field of listOf(fields)) visitField(field);
    visitBlocks(blocks, 0);
    // Buttons of older attachments. Other actions lead nowhere.
    visitBlocks(listOf(actions).filter(isButton), 0);
    say(footer);
    if (typeof fallback === 'string' && !PLACEHOLDER.test(fallback.trim())) fallbacks.push(plain(fallback));
  }

  function visitField(field: unknown): void {
    if (!isObject(field) || typeof field.title !== 'string' || typeof field.value !== 'string') return;
    noteValue(plain(field.title).replace(/:$/, ''), plain(field.value));
    say(`${field.title}: ${field.value}`);
  }

  say(typeof message.text === 'string' && PLACEHOLDER.test(message.text.trim()) ? '' : message.text);
  visitBlocks(message.blocks, 0);
  for (const attachment of listOf(message.attachments)) visitAttachment(attachment);
  return { lines, fields, buttons, fallback: fallbacks.join('\n') };
}

/** `*Service:*` on a line of its own or before the value; Slack's bold is optional. */
const FIELD = /^\s*\*?([A-Z][A-Za-z ]{1,30}):\*?\s*(\S[^\n]*)/;

/** `*Host:* web-1` within a longer text, where the name is in bold: a sentence may have a colon too. */
const LINE_FIELD = /^\s*\*([A-Z][A-Za-z ]{1,30}):\*\s*([^\s*][^\n]*)/;

/** Lines of a text whose fields are read. */
const MOST_LINES = 40;

/**
 * A field of a section: its name in bold on a line of its own, with or without a colon, and its value below.
 * https://docs.slack.dev/reference/block-kit/blocks/section-block
 */
const NAMED_FIELD = /^\s*\*([A-Z][A-Za-z ]{1,30}(?: \([A-Z]{1,5}\))?):?\*:?[ \t]*\n\s*(\S[^\n]*)/;

/** The same as the text of a section, where both are one word. */
const NAMED_ALONE = /^\s{0,3}\*([A-Z][A-Za-z]{1,20}):?\*:?[ \t]{0,3}\n\s{0,3}(\S{1,200})$/;

/** `job=`cart` env=`prod``, `job="cart" env="prod"`, and no parameters of an address. */
const PAIR = /(?<![\w.?&/=])([A-Za-z_][\w.]{0,60})=(?:`([^`\n]{1,200})`|"([^"\n]{1,200})"|([^\s`",{}()]{1,200}))/g;

/** Several fields with bold names: `*Container:* cart  *Restarts:* 4`. */
const NEXT_FIELD = /\s\s(?=\*\p{L})|\s\s(?=[A-Z]{3,20}: )|\s(?=\*\p{L}[\p{L}\p{N} _.-]{0,30}:\*)/u;

/** What a line names: its pairs of a name and a value if it has several, else its parts, each of at most one field. */
export function partsOfLine(
  text: string,
): Readonly<{ pairs: readonly (readonly [string, string])[]; parts: readonly string[] }> {
  const shown = text.slice(0, 2_000);
  const pairs = [...shown.matchAll(PAIR)].map(
    ([, name = '', ...values]) => [name, values.find((value) => value !== undefined) ?? ''] as const,
  );
  return pairs.length > 1 ? { pairs, parts: [] } : { pairs: [], parts: shown.split(NEXT_FIELD) };
}

/** `<address|label>`, `<address>`, `<@U1>`, `<#C1|name>`, `<!here>`. A label may hold `|` and `]`, never `<` or `>`. */
const TOKEN = /<([^<>|]+)(?:\|([^<>]*))?>/g;

function linesOf(text: string): Line[] {
  return text
    .replace(TOKEN, (token) => token.replaceAll('\n', ' '))
    .split('\n')
    .map((line) => ({
      text: plain(line).trim(),
      rest: unescaped(line.replace(TOKEN, ' ')).trim(),
      links: [...line.matchAll(TOKEN)].flatMap(([, target = '', label]) =>
        /^https?:/i.test(target) ? [{ url: unescaped(target), label: unescaped(label ?? '').trim() }] : [],
      ),
    }));
}

/** Links as their labels; a mention without a name as nothing. */
function plain(text: string): string {
  return unescaped(
    text.replace(TOKEN, (_, target: string, label?: string) => label ?? (/^https?:/i.test(target) ? target : '')),
  );
}

/** The escaped form of all other text. */
function mrkdwnOf(elements: unknown): string {
  return listOf(elements)
    .filter(isObject)
    .map(({ type, text, url, name }) => {
      if (type === 'emoji') return `:${name}:`;
      const shown = typeof text === 'string' ? text : '';
      return type === 'link' && typeof url === 'string' ? mrkdwnLink(url, shown) : escaped(shown);
    })
    .join('');
}

/** An empty label shows the address. */
function mrkdwnLink(url: string, label: string): string {
  return `<${escaped(url)}|${escaped((label || url).replaceAll('\n', ' '))}>`;
}

/** The last, so that `&amp;lt;` stays as typed. */
function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function escaped(text: string): string {
  return text
    .replace(/&(?!(?:amp|lt|gt);)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** The text of a text object. */
function writtenIn(spoken: unknown): unknown {
  return isObject(spoken) ? spoken.text : spoken;
}

function isButton(action: unknown): boolean {
  return isObject(action) && action.type === 'button';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
