/** What a person reads in a conversation of Slack: messages as plain text, with names, times in UTC and buttons. */
import type { SlackMessage } from '#test/slack-side.ts';

export type Readers = Readonly<{
  /** By the ids of people and channels. */
  names: Readonly<Record<string, string>>;
}>;

/** `14:31:05` */
export function clockOf(ts: string): string {
  return new Date(Math.floor(Number(ts)) * 1_000).toISOString().slice(11, 19);
}

/** One message, its lines indented by `indent`. */
export function seenMessage(message: SlackMessage, { names }: Readers, indent = ''): string {
  const { ts, user, subtype, text, blocks = [] } = message;
  const who = names[user] ?? user;
  const where = subtype === 'thread_broadcast' ? ' (also in the channel)' : '';
  const body = blocks.length === 0 ? plain(text, names) : blocks.map((block) => seen(block, names)).join('\n');
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  return [`${indent}${clockOf(ts)} ${who}${where}`, ...lines.map((line) => `${indent}  ${line.trimEnd()}`)].join('\n');
}

type Part = Readonly<Record<string, unknown>>;

function seen(block: unknown, names: Readers['names']): string {
  if (typeof block !== 'object' || block === null) return '';
  const part = block as Part;
  const inner = (key: string, join = '') =>
    list(part[key])
      .map((one) => seen(one, names))
      .join(join);
  switch (part.type) {
    case 'rich_text':
      return inner('elements', '\n');
    case 'rich_text_list':
      return list(part.elements)
        .map((item) => `• ${seen(item, names)}`)
        .join('\n');
    case 'rich_text_section':
    case 'rich_text_quote':
    case 'rich_text_preformatted':
      return inner('elements');
    case 'user':
      return `@${names[String(part.user_id)] ?? part.user_id}`;
    case 'usergroup':
      return `@${part.usergroup_id}`;
    case 'broadcast':
      return `@${part.range}`;
    case 'channel':
      return `#${names[String(part.channel_id)] ?? part.channel_id}`;
    case 'date':
      return dateSeen(part);
    case 'emoji':
      return `:${part.name}:`;
    case 'link':
      return String(part.text ?? part.url);
    case 'mrkdwn':
      return plain(String(part.text), names);
    case 'actions':
      return inner('elements', ' ');
    case 'button':
      return `[${seen(part.text, names)}]`;
    case 'static_select':
    case 'overflow':
      return `[${part.placeholder === undefined ? '⋯' : seen(part.placeholder, names)} ▾]`;
    case 'image':
      return `[picture: ${part.alt_text}]`;
    case 'header':
      return `# ${seen(part.text, names)}`;
    case 'context':
      return inner('elements', ' ');
    case 'section':
      return [seen(part.text, names), inner('fields', '\n'), seen(part.accessory, names)].filter(Boolean).join('\n');
    case 'divider':
      return '';
    default:
      return typeof part.text === 'string' ? part.text : '';
  }
}

/** Slack counts the time since then by itself, which no message changes. */
function dateSeen({ timestamp, format }: Part): string {
  return String(format).includes('{ago}') ? '(ago)' : new Date(Number(timestamp) * 1_000).toISOString().slice(11, 19);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text of a message, whose mentions and dates are in angle brackets. */
export function plain(text: string, names: Readers['names']): string {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${names[id] ?? id}`)
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (_, id) => `#${names[id] ?? id}`)
    .replace(/<!date\^(\d+)\^[^>]*>/g, (_, seconds) => new Date(Number(seconds) * 1_000).toISOString().slice(11, 19))
    .replace(/<[^|>]+\|([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
