/**
 * Values whose columns are listed apart from them:
 *
 *   COPY users (id, password) FROM stdin;      {"columns":["id","password"],"rows":[[1,"hunter2"]]}
 *   1⇥hunter2                                  {"columns":[{"name":"password"}],"data":[{"row":["hunter2"]}]}
 *                                              [["id","password"],[1,"hunter2"]]
 */
import { type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import type { Table } from '#model/redaction/table-lines.ts';
import { NEXT_LINE } from '#model/redaction/table-lines.ts';
import { rowsBelow } from '#model/redaction/tables.ts';
import { quotedEnd, type Range } from '#model/redaction/values.ts';

const COPIED = /\bcopy [\w."\x60]{1,120}\s?\(([^()'\r\n\v]{1,900})\)\s{1,4}from\s{1,4}$/i;
const STDIN = /stdin\b[^\r\n\v]{0,200}/iy;
const COPY_CHARS = 1_050;

/** At the word "stdin": the rows of COPY (postgresql.org/docs/current/sql-copy.html). */
export function copiedValues(text: string, start: number): Table | undefined {
  if (!/from\s{1,4}$/i.test(text.slice(Math.max(0, start - 8), start))) return undefined;
  const rest = matchAt(STDIN, text, start)?.[0];
  if (rest === undefined) return undefined;
  const [, names = ''] = COPIED.exec(text.slice(Math.max(0, start - COPY_CHARS), start)) ?? [];
  const columns = names.split(',').map((name) => nameOf(name.replaceAll(/["\x60\s]/g, '')));
  if (columns.every((column) => column === undefined)) return undefined;
  const [, said = /csv/i.test(rest) ? ',' : '\t'] = DELIMITER.exec(rest) ?? [];
  const end = start + rest.length;
  const rows = endAt(NEXT_LINE, text, end);
  return rowsBelow(text, { end, rows }, { divider: said, columns, isInText: false, isSpaced: false });
}

const DELIMITER = /delimiter (?:as )?e?'([,;|])'/i;

function nameOf(name: string): Named | undefined {
  return namedAt(name, name.length - 1);
}

const LIST_CHARS = 1_500;
/** What makes a list one of columns; in a list of lists, the first may be their header. */
const LIST_OF_COLUMNS =
  /\\{0,15}["'](?:columns?|column_?names|fields|field_?names|headers?|names|cols|keys)\\{0,15}["']\s{0,8}:\s{0,8}$/i;
const LIST_OF_LISTS = /\[\s{0,40}$/;
const BEFORE_CHARS = 70;

/** At a name in a list of columns, as query APIs answer: the rows behind it. */
export function listedValues(text: string, named: Named): Table | undefined {
  if (!isAt(IN_LIST, text, named.end)) return undefined;
  const from = Math.max(0, named.start - LIST_CHARS);
  const opening = text.slice(from, named.start).lastIndexOf('[');
  if (opening < 0) return undefined;
  const list = from + opening;
  const before = text.slice(Math.max(0, list - BEFORE_CHARS), list);
  const isNamed = LIST_OF_COLUMNS.test(before);
  if (!isNamed && !LIST_OF_LISTS.test(before)) return undefined;
  const { columns, end } = columnsIn(text, list + 1, named);
  if (columns === undefined || (!isNamed && mayBePair(columns))) return undefined;
  const rows = endAt(isNamed ? ROWS_BEHIND : NEXT, text, end);
  return rows === end ? undefined : rowsOf(text, rows, columns);
}

/** Behind a name in a list of names or of objects. */
const IN_LIST = /\\{0,15}["']\s{0,40}[,\]}]/y;
const ITEM = /\s{0,40}(?:\\{0,15}["']([^"'[\]{}\\]{0,80})\\{0,15}["']|\{([^{}[\]]{0,300})\})\s{0,40}(?:,|(\]))/y;
const NAME_OF_OBJECT =
  /["'](?:name|field|column|column_?name|label|id|title)\\{0,15}["']\s?:\s?\\{0,15}["']([^"'\\]{1,80})/i;
const MOST_COLUMNS = 200;

type Columns = readonly (Named | undefined)[];

/** Undefined where it is another list, or where another secret name is before this one: that one has read the list. */
function columnsIn(text: string, from: number, named: Named): Readonly<{ columns: Columns | undefined; end: number }> {
  const columns: (Named | undefined)[] = [];
  let end = from;
  let isOwn = false;
  for (let item = matchAt(ITEM, text, from); item !== undefined; item = matchAt(ITEM, text, end)) {
    const [whole, name, object = '', closing] = item;
    const column = nameOf(name ?? NAME_OF_OBJECT.exec(object)?.[1] ?? '');
    end += whole.length;
    isOwn ||= end > named.start;
    if ((column !== undefined && !isOwn) || columns.length > MOST_COLUMNS) break;
    columns.push(column);
    if (closing !== undefined) return { columns, end };
  }
  return { columns: undefined, end };
}

/** `[["password","x"],["user","jo"]]` */
function mayBePair(columns: Columns): boolean {
  return columns.length < 2 || (columns.length === 2 && columns[0] !== undefined);
}

const NEXT = /\s{0,40},\s{0,40}(?=\[)/y;
/** Other members may stand between both lists. */
const ROWS_BEHIND =
  /\s{0,40},\s{0,40}(?:\\{0,15}["'][\w.-]{1,40}\\{0,15}["']\s{0,8}:\s{0,8}(?:[\w.+-]{1,40}|\\{0,15}["'][^"'\\]{0,100}\\{0,15}["']|\[[^[\]]{0,500}\])\s{0,40},\s{0,40}){0,6}\\{0,15}["'](?:rows|values|data|records|results?|tuples|items)\\{0,15}["']\s{0,8}:\s{0,8}\[\s{0,40}/iy;
/** Neo4j's rows are members of objects. */
const ROW = /,?\s{0,40}(\{\s{0,8}\\{0,15}["'](?:row|values|data)\\{0,15}["']\s{0,8}:\s{0,8})?\[\s{0,40}/y;
const OTHER_CELL = /[^\s,[\]{}"']{1,100}/y;
const BETWEEN = /\s{0,40},\s{0,40}/y;
const ROW_END = /\s{0,40}\]\s{0,40}/y;
const OBJECT_END = /\s{0,40}\][^{}]{0,400}\}\s{0,40}/y;

function rowsOf(text: string, from: number, columns: Columns): Table {
  const secrets: Range[] = [];
  let end = from;
  for (let row = matchAt(ROW, text, from); row !== undefined; row = matchAt(ROW, text, end)) {
    let at = end + row[0].length;
    for (const column of columns) {
      const { start, end, next } = cellAt(text, at);
      if (column !== undefined && isSecret(column, text.slice(start, end))) secrets.push({ start, end });
      at = endAt(BETWEEN, text, next);
    }
    end = endAt(row[1] === undefined ? ROW_END : OBJECT_END, text, at);
    if (end === at) break;
  }
  return { secrets, end };
}

function isSecret({ rule, text }: Named, value: string): boolean {
  return value !== '' && !isNoSecret({ rule, name: text, value, isQuoted: true, isTold: true });
}

const QUOTE = /\\{0,15}["']/y;

function cellAt(text: string, at: number): Range & Readonly<{ next: number }> {
  const quote = matchAt(QUOTE, text, at)?.[0] ?? '';
  if (quote === '') {
    const end = endAt(OTHER_CELL, text, at);
    return { start: at, end, next: end };
  }
  const start = at + quote.length;
  const end = quotedEnd(text, start, quote);
  return { start, end, next: end + (text.startsWith(quote, end) ? quote.length : 0) };
}
