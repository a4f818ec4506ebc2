/** Slack's text objects and rich text as elements. Every string becomes a text node. Links go only to http(s) or mail. */
import { formatDate } from './dates.js';
import { element } from './dom.js';
import { emoji } from './emoji.js';
import { parseMrkdwn } from './mrkdwn.js';

/** @typedef {{ personName(id: string): string, channelName(id: string): string, channelAddress(id: string): string | undefined, everybody(): object[] }} Names */

/** A text object: `mrkdwn` is parsed; in `plain_text`, only emoji are drawn. */
export function textNodes(object, names) {
  if (object.type === 'plain_text') return plainNodes(object.text);
  return mrkdwnNodes(object.text, names);
}

export function mrkdwnNodes(text, names) {
  return parseMrkdwn(text).map((node) => draw(node, names));
}

/** Its words alone, for menus and screen readers: without markup and addresses. */
export function spokenText(text, names) {
  return element('span', {}, ...mrkdwnNodes(text.replaceAll('\n', ' '), names)).textContent;
}

export function plainNodes(text) {
  return text
    .split(/(:[a-z0-9_+-]+:)/)
    .filter((part) => part !== '')
    .map((part) => emoji(part.slice(1, -1)) ?? part);
}

function draw(node, names) {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'break':
      return element('br');
    case 'bold':
      return element('strong', {}, ...node.children.map((child) => draw(child, names)));
    case 'italic':
      return element('em', {}, ...node.children.map((child) => draw(child, names)));
    case 'strike':
      return element('s', {}, ...node.children.map((child) => draw(child, names)));
    case 'quote':
      return element('blockquote', {}, ...node.children.map((child) => draw(child, names)));
    case 'code':
      return element('code', {}, node.text);
    case 'pre':
      return element('pre', { tabindex: 0 }, node.text);
    case 'link':
      return link(node.url, node.label);
    case 'emoji':
      return emoji(node.name) ?? `:${node.name}:`;
    case 'user':
      return element('span', { class: 'mention' }, `@${names.personName(node.id)}`);
    case 'channel':
      return channelMention(node.id, names, node.label);
    case 'broadcast':
      return element('span', { class: 'mention loud' }, `@${node.name}`);
    case 'date': {
      const text = formatDate(node.seconds, node.format) || node.fallback;
      return node.url ? link(node.url, text) : element('time', { title: node.fallback }, text);
    }
  }
}

/** A link to the channel, if the workspace has it. */
function channelMention(id, names, label) {
  const href = names.channelAddress(id);
  const text = `#${label || names.channelName(id)}`;
  return href === undefined
    ? element('span', { class: 'mention' }, text)
    : element('a', { class: 'mention', href }, text);
}

/** Other addresses are shown as text without a link. */
export function link(url, label) {
  const safe = URL.canParse(url) && ['http:', 'https:', 'mailto:'].includes(new URL(url).protocol);
  if (!safe) return element('span', { title: url }, label);
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
}

/** A `rich_text` block. */
export function richText(block, names) {
  return element('div', { class: 'rich-text' }, ...block.elements.map((part) => richPart(part, names)));
}

function richPart(part, names) {
  const inside = () => part.elements.map((one) => richInline(one, names));
  switch (part.type) {
    case 'rich_text_section':
      return element('p', {}, ...inside());
    case 'rich_text_preformatted':
      return element('pre', { tabindex: 0 }, ...inside());
    case 'rich_text_quote':
      return element('blockquote', {}, ...inside());
    case 'rich_text_list': {
      const items = part.elements.map((item) =>
        element('li', {}, ...item.elements.map((one) => richInline(one, names))),
      );
      return element(
        part.style === 'ordered' ? 'ol' : 'ul',
        { class: `indent-${Math.min(part.indent ?? 0, 4)}` },
        ...items,
      );
    }
    default:
      return element('p', { class: 'unknown' }, `(this page cannot show rich text of type ${part.type})`);
  }
}

function richInline(one, names) {
  return styled(one.style ?? {}, richContent(one, names));
}

function richContent(one, names) {
  switch (one.type) {
    case 'text':
      return one.text;
    case 'link':
      return link(one.url, one.text ?? one.url);
    case 'emoji':
      return emoji(one.name) ?? `:${one.name}:`;
    case 'user':
      return element('span', { class: 'mention' }, `@${names.personName(one.user_id)}`);
    case 'channel':
      return channelMention(one.channel_id, names);
    case 'broadcast':
      return element('span', { class: 'mention loud' }, `@${one.range}`);
    case 'date':
      return element('time', { title: one.fallback }, formatDate(one.timestamp, one.format));
    default:
      return `(${one.type})`;
  }
}

function styled(style, content) {
  let inner = content;
  if (style.code) inner = element('code', {}, inner);
  if (style.bold) inner = element('strong', {}, inner);
  if (style.italic) inner = element('em', {}, inner);
  if (style.strike) inner = element('s', {}, inner);
  return inner;
}
