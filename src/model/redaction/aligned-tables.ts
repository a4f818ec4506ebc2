/**
 * Values by the column of a header line where only spaces divide the columns:
 *
 *   USER      PASSWORD          UserName Password           a line of dashes says
 *   jo        hunter2           -------- --------           where each column begins
 *                               jo       hunter2
 */
import { looksMade } from '#model/redaction/entropy.ts';
import { isPassword, type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import {
  type Header,
  isCode,
  lineAbove,
  NEXT_LINE,
  REST_OF_LINE,
  ruleEnd,
  type Table,
} from '#model/redaction/table-lines.ts';
import type { Range } from '#model/redaction/values.ts';

/** A column: where it begins in each line. */
type Head = Readonly<{ index: number; name: Named | undefined }>;

/** At a name in a header line; undefined where no rows follow. */
export function alignedAt(text: string, named: Named, header: Header): Table | undefined {
  const dashes = matchAt(DASHES, text, header.rows)?.[0];
  if (dashes === undefined && !isApart(text, named)) return undefined;
  const line = text.slice(header.start, header.end).trimEnd();
  const heads = dashes === undefined ? headsIn(line) : headsAbove(line, dashes);
  if (heads.length < 2 || (dashes === undefined && isRow(text, header.start, line))) return undefined;
  return rowsUnder(text, header, heads);
}

/** `-------- --------` */
const DASHES = / {0,8}[-=]{2,120}(?: {1,4}[-=]{2,120}){1,40}[ \t]{0,8}(?=[\r\n\v])/y;

/** At least two spaces stand beside it. */
function isApart(text: string, { start, end }: Named): boolean {
  return text.startsWith('  ', start - 2) || isAt(TWO_SPACES, text, end);
}

const TWO_SPACES = / {2,80}\S/y;

function headsIn(line: string): readonly Head[] {
  if (isCode(line) || !HEADS.test(line) || OF_REGISTRY.test(line)) return [];
  return Array.from(line.matchAll(HEAD), ({ 0: name, index }) => ({ index, name: namedAt(name, name.length - 1) }));
}

/** learn.microsoft.com/windows-server/administration/windows-commands/reg-query: each line is a name, a type and a value. */
const OF_REGISTRY = / REG_(?:EXPAND_|MULTI_)?(?:SZ|DWORD|QWORD|BINARY) /;
const HEAD = /\S{1,60}(?: \S{1,60}){0,2}/g;
const HEADS = /^ {0,8}(?:[\p{L}_#][\w\p{L}.#/-]{0,60} {1,80}){1,40}[\p{L}_#][\w\p{L}.#/-]{0,60}$/u;

function headsAbove(line: string, dashes: string): readonly Head[] {
  const starts = Array.from(dashes.matchAll(/[-=]+/g), ({ index }) => index);
  const heads = starts.map((index, place) => ({ index, written: line.slice(index, starts[place + 1]).trim() }));
  if (!heads.every(({ index, written }) => TITLE.test(written) && beginsAt(line, index))) return [];
  return heads.map(({ index, written }) => ({ index, name: namedAt(written, written.length - 1) }));
}

const TITLE = /^[\p{L}_#][\w\p{L} .#/()-]{0,60}$/u;

/** Whether the line above has the same columns: then this one is a row, too. */
function isRow(text: string, start: number, line: string): boolean {
  const above = lineAbove(text, start)?.text ?? '';
  const begins = Array.from(line.matchAll(APART), ({ index, 0: gap }) => index + gap.length);
  return /^\S/.test(above) && begins.every((index) => /^ {2}\S/.test(above.slice(index - 2)));
}

const APART = / {2,80}(?=\S)/g;

function rowsUnder(text: string, { end: headerEnd, rows }: Header, heads: readonly Head[]): Table {
  const secrets: Range[] = [];
  let end = headerEnd;
  for (let at = rows; at > end; at = endAt(NEXT_LINE, text, end)) {
    const line = text.slice(at, endAt(REST_OF_LINE, text, at));
    const isRule = ruleEnd(text, at) === at + line.length;
    if (!isRule && !heads.every(({ index }) => beginsAt(line, index))) break;
    if (!isRule) secrets.push(...secretsIn(line, at, heads));
    end = at + line.length;
  }
  return { secrets, end };
}

/** A cell, or nothing, with a space before it; numbers stand at the right. */
function beginsAt(line: string, index: number): boolean {
  if (index === 0) return /^\S|^ {1,40}[\d.]+(?: |$)/.test(line);
  return line.length <= index || (line[index - 1] === ' ' && (line[index] !== ' ' || /^ {2}/.test(line.slice(index))));
}

function secretsIn(line: string, at: number, heads: readonly Head[]): readonly Range[] {
  return heads.flatMap(({ index, name }, place) => {
    const cell = line.slice(index, heads[place + 1]?.index).trimEnd();
    const start = index + cell.length - cell.trimStart().length;
    const isNone = name === undefined || !isSecret(name, cell.trimStart());
    return isNone ? [] : [{ start: at + start, end: at + index + cell.length }];
  });
}

/** Names of Kubernetes Secrets and states stand in such tables, too. */
function isSecret(name: Named, value: string): boolean {
  if (value === '' || / {2}/.test(value)) return false;
  if (!isPassword(name.rule) && !looksMade(value)) return false;
  return !isNoSecret({ rule: name.rule, name: name.text, value, isQuoted: false, isTold: true });
}
