/**
 * Values between the tags of XML and HTML, by the name of their element or of one beside it:
 *
 *   <password>…</password>                <wsse:Password Type="…">…</wsse:Password>
 *   <property name="password">…</property>
 *   <name>fs.secret.key</name><value>…</value>        <key>Password</key><string>…</string>
 */
import { endingAt, type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';

export type Content = Range & Pick<Named, 'rule'>;

const TAG = /<(?:[\w.-]{1,40}:)?([A-Za-z][\w.-]{0,63})((?:\s[^<>]{0,400})?)>/y;

/** The secret content of the element that begins at `at`. */
export function secretContent(text: string, at: number): Content | undefined {
  if (!mayHold(text, at)) return undefined;
  const tag = matchAt(TAG, text, at);
  if (tag === undefined) return undefined;
  const [whole, element = '', attributes = ''] = tag;
  if (text[at - 1] === ':' && text[at + whole.length] === '@') return undefined; // `//jo:<password>@db`
  if (attributes.endsWith('/') || EMPTY.test(element)) return undefined;
  const from = at + whole.length;
  const named = namedAt(element, element.length - 1) ?? namedByAttribute(attributes);
  if (named !== undefined) return contentOf(text, named, from, element);
  return NAMING.test(element) ? contentBeside(text, from) : undefined;
}

/** Whether its name, or an attribute, may name a secret; other elements are not read. */
function mayHold(text: string, at: number): boolean {
  let end = at + 1;
  while (end < at + LONGEST_TAG && isOfName(text.charCodeAt(end))) end += 1;
  return end > at + 1 && (isBlank(text.charCodeAt(end)) || endingAt(text, end - 1) !== undefined);
}

/** Letters, digits, `_`, `-`, `.`, `:`; the pattern checks the rest. */
function isOfName(code: number): boolean {
  return (code >= 0x2d && code <= 0x3a) || (code >= 0x41 && code <= 0x7a);
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Elements without content. */
const EMPTY = /^(?:input|meta|link|add|br|img)$/i;
const NAMING = /^(?:name|key|param-name|attribute|field|property)$/i;
const NAMED_BY = /\s(?:name|key)\s?=\s?\\{0,15}["']([^"'\\]{1,80})\\{0,15}["']/i;

function namedByAttribute(attributes: string): Named | undefined {
  const name = NAMED_BY.exec(attributes)?.[1] ?? '';
  return name === '' ? undefined : namedAt(name, name.length - 1);
}

/** `<name>password</name> <value>…</value>` */
const BESIDE =
  /([^<>]{1,80})<\/[\w:.-]{1,80}>\s{0,80}<(?:[\w.-]{1,40}:)?((?:param-)?value|string|data)(?:\s[^<>]{0,200})?>/iy;

function contentBeside(text: string, from: number): Content | undefined {
  const beside = matchAt(BESIDE, text, from);
  if (beside === undefined) return undefined;
  const [whole, name = '', element = ''] = beside;
  const named = namedAt(name, name.trimEnd().length - 1);
  return named && contentOf(text, named, from + whole.length, element);
}

/** Up to the closing tag; where the text is cut before it, everything that could be a value. */
function contentOf(text: string, { rule, text: name }: Named, from: number, element: string): Content | undefined {
  const [inner = '', child = ''] = matchAt(INNER, text, from) ?? [];
  const start = afterUser(text, from + inner.length, element);
  const within = text.slice(start, start + LONGEST_CONTENT);
  const end = start + contentLength(within, inner === '' ? element : child);
  const value = text.slice(start, end);
  const isOwn = end > start && !isAt(CHILDREN, text, start) && value.trim() !== '';
  return isOwn && !isNoSecret({ rule, name, value: value.trim(), isQuoted: true, isTold: false })
    ? { rule, start, end }
    : undefined;
}

/** openvpn.net, "Reference manual", --auth-user-pass: the user stands in the first line, the password in the second. */
function afterUser(text: string, start: number, element: string): number {
  return element === 'auth-user-pass' ? endAt(FIRST_OF_TWO_LINES, text, start) : start;
}

const FIRST_OF_TWO_LINES = /\s{0,8}[^\s<>]{1,128}[ \t]{0,8}\r?[\n\v](?=[^\r\n\v<>]{1,128}\r?[\n\v]?\s{0,8}<)/y;

/** Its group is the element inside. */
const INNER = /\s{0,80}(?:<!\[CDATA\[|<(value|string)>)/iy;
const CHILDREN = /\s{0,80}<[\w!?]/y;
const LONGEST_CONTENT = 1_024;

/** 0 without a closing tag: `usage: login <user> <password> [--force]`. */
function contentLength(within: string, element: string): number {
  const closing = within.indexOf(element === '' ? ']]>' : '</');
  if (closing < 0) return within.length < LONGEST_CONTENT && /^[^\s<>"',;{}]+$/.test(within) ? within.length : 0;
  return element === '' || isClosedBy(within.slice(closing, closing + LONGEST_TAG), element) ? closing : 0;
}

const LONGEST_TAG = 120;

function isClosedBy(tag: string, element: string): boolean {
  const [, name = ''] = /^<\/(?:[\w.-]{1,40}:)?([\w.-]{1,64})\s{0,9}>/.exec(tag) ?? [];
  return name.toLowerCase() === element.toLowerCase();
}
