/**
 * Parses Slack's mrkdwn into a tree of plain data, without drawing. Anything that is not exactly a link, a mention or a mark
 * stays text.
 *
 *   *bold* _italic_ ~strike~ `code` ```pre``` > quote :emoji: <https://x|label> <@U1> <#C1|name> <!here> <!date^…|…>
 */

/**
 * @typedef {{ type: 'text', text: string } | { type: 'code', text: string } | { type: 'pre', text: string }
 *   | { type: 'bold' | 'italic' | 'strike' | 'quote', children: Node[] } | { type: 'break' }
 *   | { type: 'link', url: string, label: string } | { type: 'emoji', name: string }
 *   | { type: 'user', id: string } | { type: 'channel', id: string, label: string } | { type: 'broadcast', name: string }
 *   | { type: 'date', seconds: number, format: string, url: string | undefined, fallback: string }} Node
 */

const FENCE = '```';
const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' };
const WORD = /[\p{L}\p{N}_]/u;
const SPACE = /\s/;

/** @param {string} text @returns {Node[]} */
export function parseMrkdwn(text) {
  const nodes = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf(FENCE, at);
    const close = open < 0 ? -1 : text.indexOf(FENCE, open + FENCE.length);
    if (close <= open + FENCE.length) {
      nodes.push(...paragraphs(text.slice(at)));
      break;
    }
    nodes.push(...paragraphs(text.slice(at, open).replace(/\n$/, '')));
    nodes.push({ type: 'pre', text: plain(text.slice(open + FENCE.length, close).replace(/^\n|\n$/g, '')) });
    at = close + FENCE.length;
    if (text[at] === '\n') at += 1;
  }
  return nodes;
}

/** Adjacent lines that begin with `>` form one quote; the others are text with line breaks. */
function paragraphs(text) {
  const nodes = [];
  let quoted = [];
  let free = [];
  const endQuote = () => {
    if (quoted.length > 0) nodes.push({ type: 'quote', children: inline(quoted.join('\n'), '') });
    quoted = [];
  };
  const endFree = () => {
    if (free.length > 0) nodes.push(...inline(free.join('\n'), ''));
    free = [];
  };
  if (text === '') return nodes;
  for (const line of text.split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quote) {
      endFree();
      quoted.push(quote[1]);
    } else {
      endQuote();
      free.push(line);
    }
  }
  endQuote();
  endFree();
  return nodes;
}

/** @param {string} active the open marks around this text: a mark cannot contain itself */
function inline(text, active) {
  const nodes = [];
  let words = '';
  const endWords = () => {
    if (words !== '') nodes.push({ type: 'text', text: plain(words) });
    words = '';
  };
  let at = 0;
  while (at < text.length) {
    const found = special(text, at, active);
    if (found === undefined) {
      words += text[at];
      at += 1;
    } else {
      endWords();
      nodes.push(found.node);
      at = found.end;
    }
  }
  endWords();
  return nodes;
}

function special(text, at, active) {
  const sign = text[at];
  if (sign === '\n') return { node: { type: 'break' }, end: at + 1 };
  if (sign === '<') return token(text, at);
  if (sign === '`') return code(text, at);
  if (sign === ':') return shortcode(text, at);
  if (sign in MARKS && !active.includes(sign)) return marked(text, at, active);
  return undefined;
}

function token(text, at) {
  const end = text.indexOf('>', at);
  if (end < 0) return undefined;
  const node = tokenNode(text.slice(at + 1, end));
  return node && { node, end: end + 1 };
}

function tokenNode(content) {
  const bar = content.indexOf('|');
  const target = plain(bar < 0 ? content : content.slice(0, bar));
  const label = bar < 0 ? '' : plain(content.slice(bar + 1));
  if (/^@[UW]\w+$/.test(target)) return { type: 'user', id: target.slice(1) };
  if (/^#[CG]\w+$/.test(target)) return { type: 'channel', id: target.slice(1), label };
  if (/^!(here|channel|everyone)$/.test(target)) return { type: 'broadcast', name: target.slice(1) };
  if (target.startsWith('!date^')) return date(target, label);
  if (/^(https?:\/\/|mailto:)\S+$/i.test(target)) return { type: 'link', url: target, label: label || target };
  return undefined;
}

function date(target, fallback) {
  const [, seconds, format, url] = target.split('^');
  if (!/^\d+$/.test(seconds ?? '') || !format) return { type: 'text', text: fallback };
  return { type: 'date', seconds: Number(seconds), format, url, fallback };
}

function code(text, at) {
  const end = text.indexOf('`', at + 1);
  const inside = text.slice(at + 1, end);
  if (end < 0 || inside === '' || inside.includes('\n')) return undefined;
  return { node: { type: 'code', text: plain(inside) }, end: end + 1 };
}

function shortcode(text, at) {
  const reader = /:([a-z0-9_+-]+):/y;
  reader.lastIndex = at;
  const found = reader.exec(text);
  return found ? { node: { type: 'emoji', name: found[1] }, end: reader.lastIndex } : undefined;
}

/** A mark opens before a word and after a gap, and closes the other way round, on the same line: `snake_case_name` has none. */
function marked(text, at, active) {
  const sign = text[at];
  const before = text[at - 1];
  const first = text[at + 1];
  if (first === undefined || first === sign || SPACE.test(first) || (before !== undefined && WORD.test(before)))
    return undefined;

  for (let end = at + 1; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] === '`') {
      // A mark inside code is code.
      const closing = text.indexOf('`', end + 1);
      if (closing > 0) end = closing;
      continue;
    }
    const after = text[end + 1];
    if (text[end] !== sign || SPACE.test(text[end - 1]) || (after !== undefined && WORD.test(after))) continue;
    const children = inline(text.slice(at + 1, end), active + sign);
    return { node: { type: MARKS[sign], children }, end: end + 1 };
  }
  return undefined;
}

/** Slack escapes these three signs and no others. */
function plain(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
