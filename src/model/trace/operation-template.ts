/**
 * The name of an operation without the parts that differ between requests, where its path was not named by a route:
 *
 *  GET /products/P17/reviews?page=2   →   GET /products/{}/reviews
 */
import { MARK_START } from '#model/redaction/mark.ts';
import { redact } from '#model/redaction/redaction.ts';

export function operationTemplate(operation: string): string {
  const template = templateOf(operation);
  if (template === operation) return template;
  // Nobody would recognise what a template leaves of a secret, so secrets are redacted first.
  const clean = redact(operation);
  return clean === operation ? template : templateOf(clean);
}

function templateOf(operation: string): string {
  const at = operation.indexOf('/');
  if (at < 0) return operation;
  const end = endOfPath(operation, at);
  let template = '';
  let kept = 0;
  for (let from = at + 1; from <= end; ) {
    const slash = operation.indexOf('/', from);
    const to = slash < 0 || slash > end ? end : slash;
    const key = keyOf(operation, from, to);
    if (key > 0) {
      template += `${operation.slice(kept, key)}{}`;
      kept = to - 1;
    } else if (isId(operation, from, to)) {
      template += `${operation.slice(kept, from)}{}`;
      kept = to;
    }
    from = to + 1;
  }
  return kept === 0 && end === operation.length ? operation : template + operation.slice(kept, end);
}

/** Where the query or the fragment begins. Behind a space, `?` is a place in a statement or a sign of a sentence. */
function endOfPath(operation: string, from: number): number {
  let isBehindSpace = false;
  for (let at = from; at < operation.length; at += 1) {
    const char = operation.charCodeAt(at);
    if (char === HASH || (char === QUESTION_MARK && !isBehindSpace)) return at;
    isBehindSpace ||= char <= SPACE || char === LINE_SEPARATOR;
  }
  return operation.length;
}

const [SPACE, HASH, CLOSE, COLON, LESS_THAN, QUESTION_MARK, OPEN_BRACE] = [32, 35, 41, 58, 60, 63, 123];
const LINE_SEPARATOR = 0x2028;

/** Where the key begins in `Orders(17)`, `Orders('x')` of OData; 0 where none is. */
function keyOf(text: string, from: number, to: number): number {
  if (text.charCodeAt(to - 1) !== CLOSE) return 0;
  const open = text.slice(from, to - 2).indexOf('(');
  return open > 0 ? from + open + 1 : 0;
}

/**
 * `17`, `P17`, `SKU-0017`, `order-17.json`, a UUID, an email address, `cus_9s6XKzkNRiz8i3`; not `endpoint1`, `oauth2`, `k8s`
 * or `v2`, which are words, nor a route’s own `{id}`.
 */
function isId(text: string, from: number, to: number): boolean {
  let digits = 0;
  let firstDigit = to;
  for (let at = from; at < to; at += 1) {
    if (!isDigit(text.charCodeAt(at))) continue;
    digits += 1;
    if (digits === 1) firstDigit = at;
  }
  const first = text.charCodeAt(from);
  if (first === OPEN_BRACE || first === LESS_THAN || first === COLON) return false;
  const segment = text.slice(from, to);
  if (segment.startsWith(MARK_START) && segment.endsWith(']')) return true;
  if (digits === 0) return ADDRESS.test(segment);
  if (digits * 2 >= to - from || firstDigit - from <= LONGEST_PREFIX) return !NAMED.test(segment);
  return NUMBERED.test(segment) || ADDRESS.test(segment) || isToken(segment);
}

/** Alternating letters and digits: no word has this form. */
function isToken(segment: string): boolean {
  if (segment.length < SHORTEST_TOKEN) return false;
  let turns = 0;
  for (let at = 1; at < segment.length; at += 1)
    if (isDigit(segment.charCodeAt(at)) !== isDigit(segment.charCodeAt(at - 1))) turns += 1;
  return turns >= LEAST_TURNS;
}

const SHORTEST_TOKEN = 10;
/** `base64decode2` has three. */
const LEAST_TURNS = 4;

/** `P17`, `SKU0017`. */
const LONGEST_PREFIX = 3;
const VERSION = /^v\d{1,2}$/i;
/** `v1beta1`, `v2.1`, `shop.v1.Cart`; `k8s`, `i18n`; `2fa`. */
const NAMED = /(?:^|\.)v\d{1,2}(?:(?:alpha|beta|rc)\d{0,2})?(?:\.|$)|^[a-z]\d{1,2}[a-z]$|^(?:2fa|3ds?)$/i;
const ADDRESS = /[^@]@[^@]|\w%40\w/;
/** A number after a mark, with an ending or without; and hex, in which half of the digits may be letters. */
const NUMBERED = /[-_.:=]\d+(?:\.\w+)?$|^[0-9a-f-]{8,}$/i;

function isDigit(char: number): boolean {
  return char >= 48 && char <= 57;
}

/** The last word of a path: the requested resource. Empty where there is no path. */
export function resourceName(operation: string): string {
  const at = operation.indexOf('/');
  if (at < 0) return '';
  const words = operationTemplate(operation.slice(at))
    .split('/')
    .filter((segment) => /^[a-z][\w-]*$/i.test(segment) && !VERSION.test(segment));
  return words.at(-1) ?? '';
}
