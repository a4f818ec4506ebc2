/**
 * Standard Markdown as elements, for `markdown` blocks and `.md` files: headings, paragraphs, lists, quotes, fences,
 * tables, rules; bold, italic, code, links. HTML in it stays text.
 */
import { element } from './dom.js';
import { link } from './text.js';

export function markdownNodes(text) {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const read = BLOCKS.map((block) => block(lines, at)).find((found) => found !== undefined) ?? paragraph(lines, at);
    if (read.node) nodes.push(read.node);
    at = read.next;
  }
  return nodes;
}

const BLOCKS = [blank, fence, heading, rule, quote, list, table];

function blank(lines, at) {
  return lines[at].trim() === '' ? { next: at + 1 } : undefined;
}

function fence(lines, at) {
  const opening = /^\s*(```+|~~~+)/.exec(lines[at]);
  if (!opening) return undefined;
  let end = at + 1;
  while (end < lines.length && !lines[end].trim().startsWith(opening[1])) end += 1;
  return { node: element('pre', { tabindex: 0 }, lines.slice(at + 1, end).join('\n')), next: end + 1 };
}

function heading(lines, at) {
  const found = /^(#{1,6})\s+(\S.*)?$/.exec(lines[at]);
  const title = (found?.[2] ?? '').replace(/(?<![\s#])[\s#]+$/, '');
  // The page has the first heading, so the file's headings begin one level below.
  return found
    ? { node: element(`h${Math.min(found[1].length + 1, 6)}`, {}, ...inline(title)), next: at + 1 }
    : undefined;
}

function rule(lines, at) {
  return /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[at]) ? { node: element('hr'), next: at + 1 } : undefined;
}

function quote(lines, at) {
  let end = at;
  while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
  if (end === at) return undefined;
  const inside = lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, ''));
  return { node: element('blockquote', {}, ...markdownNodes(inside.join('\n'))), next: end };
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(\S.*|)$/;

const TASK = /^\[([ x])\]\s+(\S.*|)$/i;

function list(lines, at) {
  const first = ITEM.exec(lines[at]);
  if (!first) return undefined;
  const items = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const item = ITEM.exec(lines[end]);
    if (item && item[1].length <= first[1].length) items.push([item[3]]);
    else if (/^\s+\S/.test(lines[end])) items.at(-1)?.push(lines[end].replace(/^ {1,4}/, ''));
    else break;
  }
  const ordered = /\d/.test(first[2]);
  const drawn = items.map(([text, ...below]) => {
    const nested = below.some((line) => ITEM.test(line)) ? markdownNodes(below.join('\n')) : inline(below.join(' '));
    const task = TASK.exec(text);
    const told = task
      ? [element('input', { type: 'checkbox', disabled: true, checked: task[1] !== ' ', 'aria-label': 'Task' }), ' ']
      : [];
    const words = inline(task ? task[2] : text);
    return element(
      'li',
      { class: task ? 'task' : undefined },
      ...told,
      ...words,
      ...(below.length > 0 ? [' ', ...nested] : []),
    );
  });
  return { node: element(ordered ? 'ol' : 'ul', {}, ...drawn), next: end };
}

function table(lines, at) {
  if (!lines[at].includes('|') || !/^(?=[\s:|]*-)[\s:|-]+$/.test(lines[at + 1] ?? '') || !lines[at + 1].includes('|'))
    return undefined;
  let end = at + 2;
  while (end < lines.length && lines[end].includes('|')) end += 1;
  const row = (line, tag) => element('tr', {}, ...cells(line).map((cell) => element(tag, {}, ...inline(cell))));
  const body = lines.slice(at + 2, end).map((line) => row(line, 'td'));
  const drawn = element('table', {}, element('thead', {}, row(lines[at], 'th')), element('tbody', {}, ...body));
  return { node: element('div', { class: 'wide', tabindex: 0 }, drawn), next: end };
}

function cells(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function paragraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && BLOCKS.every((block) => block(lines, end) === undefined)) end += 1;
  return { node: element('p', {}, ...inline(lines.slice(at, end).join('\n'))), next: end };
}

const INLINE =
  /(?<!`)(`{1,8})(.{1,400}?)\1|\*\*(\S(?:.{0,400}?\S)?)\*\*|(?<![\w*])[*_](\S(?:.{0,400}?\S)?)[*_](?!\w)|!?\[([^\]]{0,400})\]\(<?([^)\s>]{1,500})>?\)|<(https?:[^>\s]{1,500})>|\\([!-/:-@[-`{-~])|(?<! )( {2,}\n)/gs;

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > from) nodes.push(text.slice(from, found.index));
    nodes.push(inlineNode(found));
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}

function inlineNode([, , code, bold, italic, label, url, address, escaped, lineBreak]) {
  if (lineBreak !== undefined) return element('br');
  if (code !== undefined) return element('code', {}, code.trim());
  if (bold !== undefined) return element('strong', {}, ...inline(bold));
  if (italic !== undefined) return element('em', {}, ...inline(italic));
  if (url !== undefined) return link(url, label || url);
  if (address !== undefined) return link(address, address);
  return escaped;
}
