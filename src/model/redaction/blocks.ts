/**
 * Values on the lines below their name:
 *
 *   password: |            passwords:           password:          password = <<EOF
 *     hunter2                - hunter2            hunter2          hunter2
 *     more                   - swordfish                           EOF
 *
 * The lines may belong to a quoted text, and end with it: `{"data": "password: |\n  hunter2\n"}`.
 */
import { isPassword, type Named } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import type { Range } from '#model/redaction/values.ts';
import { beginsLine } from '#model/redaction/wide-values.ts';

/** In order; empty where there is no such value at `from`, the position after the sign and its white space. */
export function valuesBelow(text: string, named: Named, from: number): readonly Range[] {
  const code = text[from] ?? '';
  if (!/[|>!<\r\n\v]/.test(code)) return [];
  const document = matchAt(HERE_DOCUMENT, text, from);
  if (document !== undefined) return [hereDocument(text, document)];
  const header = matchAt(BLOCK_HEADER, text, from);
  if (header !== undefined) return blockBelow(text, named, from + header[0].length);
  return isAt(NEW_LINE, text, from) ? itemsBelow(text, named, from) : [];
}

const HERE_DOCUMENT = /<<[-~]?["']?([A-Za-z_]\w{0,31})["']?(?:\r?\n|\v)/y;
/** A block may have a tag: `!vault |`. */
const BLOCK_HEADER = /(?:![\w!/-]* +)?[|>][-+\d]{0,2}[ \t]*(?:#[^\r\n]{0,200})?(?=[\r\n\v])/y;
const NEW_LINE = /\r?\n|\v/y;

function hereDocument(text: string, opening: RegExpExecArray): Range {
  const start = opening.index + opening[0].length;
  const closing = new RegExp(String.raw`[\n\v][ \t]*${opening[1]}(?!\w)`, 'g');
  closing.lastIndex = start - 1;
  return { start, end: Math.max(start, closing.exec(text)?.index ?? text.length) };
}

/** All lines that are indented deeper than the name. */
function blockBelow(text: string, named: Named, from: number): readonly Range[] {
  const indent = indentOf(text, named.start);
  let start = -1;
  let end = from;
  for (let line = lineAt(text, from); line !== undefined; line = lineAt(text, line.end)) {
    if (line.start < line.end && line.indent <= indent) break;
    if (start < 0 && text.startsWith(ANSIBLE_VAULT, line.start)) continue;
    if (start < 0 && line.start < line.end) start = line.start;
    if (line.start < line.end) end = line.end;
  }
  return start < 0 ? [] : [{ start, end }];
}

/** docs.ansible.com, "Format of files encrypted with Ansible Vault": the first line says how the next ones are encrypted. */
const ANSIBLE_VAULT = '$ANSIBLE_VAULT;';

/**
 * The items of a list, or one plain word. Behind other words on its line, a name may end a sentence, unless it is a
 * password's.
 */
function itemsBelow(text: string, named: Named, from: number): readonly Range[] {
  const isAlone = beginsLine(text, named.start);
  if (!isAlone && !isPassword(named.rule)) return [];
  const indent = isAlone ? indentOf(text, named.start) : 0;
  const items: Range[] = [];
  let isFirst = true;
  for (let line = lineAt(text, from); line !== undefined; line = lineAt(text, line.end)) {
    const item = matchAt(ITEM, text, line.start);
    const isWord = item === undefined && isFirst && isAlone && line.indent > indent;
    isFirst = false;
    const found = item === undefined ? undefined : itemOf(text, line, item);
    if (isWord) return wordOf(text, named, line);
    if (found === undefined || line.indent < indent) return items;
    if (!isNoSecret(saidOf(text, named, found))) items.push(found);
  }
  return items;
}

const ITEM = /- +(\\{0,15}["'])?/y;

/** Skips an item with members of its own: `- name: x`. */
function itemOf(text: string, line: Line, [whole, quote = '']: RegExpExecArray): Range | undefined {
  const start = line.start + whole.length;
  const end = quote !== '' && text.endsWith(quote, line.end) ? line.end - quote.length : line.end;
  return start >= end || /^[\w.-]+: |^[\w.-]+:$/.test(text.slice(start, end)) ? undefined : { start, end };
}

function wordOf(text: string, named: Named, { start, end }: Line): readonly Range[] {
  const said = saidOf(text, named, { start, end });
  return /^[^\s:(){}]+$/.test(said.value) && !isNoSecret({ ...said, isQuoted: false }) ? [{ start, end }] : [];
}

function saidOf(text: string, { rule, text: name }: Named, { start, end }: Range) {
  return { rule, name, value: text.slice(start, Math.min(end, start + LONGEST_PLAIN)), isQuoted: true, isTold: true };
}

const LONGEST_PLAIN = 256;

/** Without its indentation and the white space at its end. */
type Line = Range & Readonly<{ indent: number }>;

const LINE = /\r?\n([ \t]*)([^\r\n]*)/y;
/** In a quoted text, whose closing quote ends the block. */
const ESCAPED_LINE = /\v([ \t]*)((?:\\+["']|[^\r\n\v"\\])*)/y;

/** The line that begins with the line break at `from`, or behind white space there. */
function lineAt(text: string, from: number): Line | undefined {
  const at = endAt(BLANKS, text, from);
  const line = matchAt(LINE, text, at) ?? matchAt(ESCAPED_LINE, text, at);
  if (line === undefined) return undefined;
  const [whole, indent = '', said = ''] = line;
  const start = at + whole.length - said.length;
  return { indent: indent.length, start, end: start + said.trimEnd().length };
}

const BLANKS = /[ \t]*/y;

/** The indentation of a name; the sign of a list item counts. */
function indentOf(text: string, nameStart: number): number {
  const head = text.slice(Math.max(0, nameStart - LONGEST_INDENT), nameStart);
  return head.split(/[\n\v]/).at(-1)?.length ?? 0;
}

const LONGEST_INDENT = 100;
