/** Untrusted text in Slack's own markup. Blocks use rich text instead, where nothing is parsed (`rich-text.ts`). */
import { cutLine } from '#model/text/cut-text.ts';

/** `<!channel>`, `<@U…>` and `<https://…|label>` need their angle brackets; without them they are letters. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Converts Slack's form of a person's message to plain text: mentions become bare ids (`U012ABC`) or the name that Slack
 * gives, links become their address, and the three escaped signs are unescaped.
 */
export function plainFromMrkdwn(text: string): string {
  return text
    .replace(MARKUP, (_, inside: string) => spelledOut(inside))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Other text between angle brackets, such as an HTML tag, is ordinary text. */
const MARKUP = /<([@#!][^<>]*|[a-z][a-z0-9+.-]*:[^<>]*)>/gi;

function spelledOut(inside: string): string {
  const bar = inside.indexOf('|');
  const target = bar === -1 ? inside : inside.slice(0, bar);
  const label = bar === -1 ? '' : inside.slice(bar + 1);
  switch (target[0]) {
    case '@':
      return target.slice(1);
    case '#':
      return `#${label || target.slice(1)}`;
    case '!':
      return label || `@${target.slice(1).replace(/\^.*/, '')}`;
    default:
      return label === '' || target.endsWith(label) ? target : `${label} (${target})`;
  }
}

/** The beginning of a person's text, for quoting in a sentence: it can neither format the answer nor mention anyone. */
export function quotable(typed: string): string {
  return cutLine(typed, QUOTED_CHARS)
    .replace(/[<>&`*_~]/g, '')
    .trim();
}

/** A whole pasted page is not worth repeating. */
const QUOTED_CHARS = 40;

/** Cuts a list of names after a whole name: `N+1 queries, lost updates and 12 more`. */
export function truncateNames(text: string, length: number): string {
  if (text.length <= length) return text;
  const names = text.split(', ');
  let kept = names.length - 1;
  const cut = () => `${names.slice(0, kept).join(', ')} and ${names.length - kept} more`;
  while (kept > 1 && cut().length > length) kept -= 1;
  return truncate(cut(), length);
}

/** Cuts to a number of UTF-16 units, which Slack counts. Never splits a character. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text;
  let kept = '';
  for (const char of text) {
    if (kept.length + char.length > length - 1) break;
    kept += char;
  }
  return `${kept}…`;
}
