/**
 * Values by the column of a header line, as files and tools write tables:
 *
 *   id,user,password      "user";"api_key"      host⇥login⇥passwd      user | password
 *   1,jo,hunter2          "jo";"q;7"            db⇥jo⇥hunter2         ------+----------
 *                                                                      jo   | hunter2
 *   {"csv":"id,password\nA,hunter2"}
 *
 * Tables that only spaces divide are in `aligned-tables.ts`.
 */
import { alignedAt } from '#model/redaction/aligned-tables.ts';
import { isPassword, type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { looksChosen } from '#model/redaction/sentences.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import {
  type Header,
  headerAt,
  isCode,
  lineAbove,
  NEXT_LINE,
  REST_OF_LINE,
  ruleEnd,
  type Table,
} from '#model/redaction/table-lines.ts';
import { type Range, statementEnd } from '#model/redaction/values.ts';

/** At a name in a header line; undefined where no rows follow. */
export function tableAt(text: string, named: Named): Table | undefined {
  const header = headerAt(text, named);
  if (header === undefined) return undefined;
  const divider = dividerBehind(text, named.end) ?? dividerBefore(text, named.start);
  return divider === undefined ? alignedAt(text, named, header) : dividedAt(text, header, divider);
}

function dividedAt(text: string, { start, end, rows }: Header, divider: string): Table | undefined {
  if (BARS.test(divider) && isRowOfTable(text, start, end, divider)) return undefined;
  const header = text.slice(start, end);
  const opening = /["']\s?:/.test(header) ? TEXT_OF_MEMBER.exec(header) : null;
  const cells = header.slice(opening?.[0].length ?? 0);
  const isSpaced = !BARS.test(divider) && cells.includes(`${divider} `);
  const columns = columnsIn(cells, divider, isSpaced);
  return columns && rowsBelow(text, { end, rows }, { divider, columns, isInText: opening !== null, isSpaced });
}

/** `{"csv":"`: the table is the text of a member. */
const TEXT_OF_MEMBER = /^.{0,900}?[{,]\s?\\{0,15}["'][\w.$-]{1,80}\\{0,15}["']\s?:\s?\\{0,15}["'](?=[\w\p{L}\\"'])/u;

const BARS = /[|│]/;

/** In a table with bars a row may begin as a header does: `| password | string |`. */
function isRowOfTable(text: string, start: number, end: number, bar: string): boolean {
  const bars = (line: string) => line.split(bar).length;
  const above = lineAbove(text, start);
  const line = (above !== undefined && isRule(above.text) ? lineAbove(text, above.start) : undefined) ?? above;
  const written = line?.text ?? '';
  return written.includes(bar) && bars(written) === bars(text.slice(start, end));
}

function isRule(line: string): boolean {
  return line.length > 2 && ruleEnd(line, 0) === line.length;
}

/** `password | x` below `-[ RECORD 1 ]-`: the rows of psql, each cell on a line of its own. */
export function expandedCell(text: string, named: Named): Range | undefined {
  const bar = matchAt(CELL_BAR, text, named.end);
  if (bar === undefined || !/[\n\v]/.test(text[named.start - 1] ?? '')) return undefined;
  if (!text.slice(Math.max(0, named.start - RECORD_CHARS), named.start).includes('-[ RECORD ')) return undefined;
  const start = bar.index + bar[0].length;
  const cell = { start, end: endAt(REST_OF_LINE, text, start) };
  return isSecret(text, named, cell) ? cell : undefined;
}

/** A row of Vault's tables of a key and its value: developer.hashicorp.com/vault/docs/commands/kv/get. */
export function pairedCell(text: string, named: Named): Range | undefined {
  const barred = barredCell(text, named);
  if (barred !== undefined) return barred;
  const gap = matchAt(CELL_GAP, text, named.end);
  if (gap === undefined || !/[\n\v]/.test(text[named.start - 1] ?? '')) return undefined;
  const before = text.slice(Math.max(0, named.start - RECORD_CHARS), named.start);
  const header = before.lastIndexOf('Key ');
  if (header < 0 || !KEYS_AND_VALUES.test(before.slice(header))) return undefined;
  const start = gap.index + gap[0].length;
  const cell = { start, end: start + text.slice(start, endAt(REST_OF_LINE, text, start)).trimEnd().length };
  return isSecret(text, named, cell) ? cell : undefined;
}

/** `| client_secret | x |` below `| Key | Value |`: github.github.com/gfm, "Tables". */
function barredCell(text: string, named: Named): Range | undefined {
  const bar = matchAt(BARRED, text, named.end);
  if (bar === undefined || !OPENS_ROW.test(text.slice(Math.max(0, named.start - 40), named.start))) return undefined;
  if (!NAMES_AND_VALUES.test(text.slice(Math.max(0, named.start - RECORD_CHARS), named.start))) return undefined;
  const start = bar.index + bar[0].length;
  const cell = { start, end: endAt(BARRED_VALUE, text, start) };
  return isSecret(text, named, cell) ? cell : undefined;
}

const BARRED = /[`*]{0,2}[ \t]{0,60}[|│][ \t]{0,60}[`*]{0,2}/y;
const BARRED_VALUE = /[^|│`\r\n\v]{1,400}?(?=[`*]{0,2}[ \t]{0,60}[|│])/y;
const OPENS_ROW = /(?:^|[\n\v])[ \t]{0,8}[|│][ \t]{0,4}[`*]{0,2}(?:[\w.-]{1,30})?$/;
const NAMES_AND_VALUES =
  /(?:^|[\n\v])[ \t]{0,8}[|│][ \t]{0,8}(?:key|name|variable|setting|field|parameter|property|env(?:ironment)?(?: var(?:iable)?)?|option|attribute|item|secret|schlüssel|clé|clave|chave)[ \t]{0,60}[|│][ \t]{0,8}(?:value|val|content|wert|valeur|valor|valore|waarde)[ \t]{0,60}[|│][ \t]{0,8}\r?[\n\v][ \t|│+:─┼├┤-]{3,400}(?:\r?[\n\v][ \t]{0,8}[|│][^\r\n\v]{0,400}){0,40}\r?[\n\v][^\r\n\v]{0,60}$/i;

const CELL_GAP = / {2,80}(?=\S)/y;
/** The header and the rows above, without an empty line. */
const KEYS_AND_VALUES =
  /^Key {2,80}Value[ \t]{0,8}\r?[\n\v]-{3} {2,80}-{5}[ \t]{0,8}(?:\r?[\n\v][^\s][^\r\n\v]{0,400}){0,60}\r?[\n\v]$/;

const CELL_BAR = / {0,60}\| /y;
const RECORD_CHARS = 2_000;

const DIVIDER_BEHIND = /\\{0,15}["']?(?:([,;\t])| {0,80}([|│]))/y;
const DIVIDER_BEFORE = /(?:([,;\t])| ?([|│]) {0,80})\\{0,15}["']?[A-Za-z ]{0,40}$/;

function dividerBehind(text: string, at: number): string | undefined {
  const [, sign, bar] = matchAt(DIVIDER_BEHIND, text, at) ?? [];
  return sign ?? bar;
}

/** Of the last column. */
function dividerBefore(text: string, at: number): string | undefined {
  const [, sign, bar] = DIVIDER_BEFORE.exec(text.slice(Math.max(0, at - DIVIDER_CHARS), at)) ?? [];
  return sign ?? bar;
}

const DIVIDER_CHARS = 130;

const COLUMN = /^(?:[\p{L}_#][\w\p{L} .#/-]{0,60})?$/u;
/** Where spaces follow the commas, as in sentences. */
const WORD_COLUMN = /^[\p{L}_#][\w\p{L}.#/-]{0,60}$/u;
/** The names of the columns, some of them secret. What stands before the first one may be a sentence. */
function columnsIn(header: string, divider: string, isSpaced: boolean): readonly (Named | undefined)[] | undefined {
  const names = header.split(divider).map((cell) => cell.trim().replaceAll(/\\{0,15}["']/g, ''));
  const isTable =
    names.length > 1 &&
    !isCode(header) &&
    names.every((name, at) => (isSpaced ? WORD_COLUMN.test(name) : at === 0 || COLUMN.test(name)));
  return isTable ? names.map((name) => namedAt(name, name.length - 1)) : undefined;
}

/** `isInText`: a quote ends the last row. `isSpaced`: only what nobody says is a secret. */
type Layout = Readonly<{
  divider: string;
  columns: readonly (Named | undefined)[];
  isInText: boolean;
  isSpaced: boolean;
}>;

/** The rows that begin at `rows`. */
export function rowsBelow(text: string, { end: headerEnd, rows }: Pick<Header, 'end' | 'rows'>, layout: Layout): Table {
  const { columns, isSpaced } = layout;
  const secrets: Range[] = [];
  let end = headerEnd;
  let rowsEnd = headerEnd;
  for (let at = rows; at > end; at = endAt(NEXT_LINE, text, end)) {
    const rule = ruleEnd(text, at);
    if (rule > at) {
      end = rule;
      continue;
    }
    const cells = cellsAt(text, at, layout);
    if (cells === undefined) break;
    for (const [place, cell] of cells.entries()) if (isSecret(text, columns[place], cell, isSpaced)) secrets.push(cell);
    end = cells.at(-1)?.next ?? at;
    rowsEnd = end;
  }
  return { secrets, end: rowsEnd };
}

function isSecret(text: string, name: Named | undefined, { start, end }: Range, isSpaced = false): boolean {
  const value = text.slice(start, end);
  if (name === undefined || end <= start || value === NULL_OF_COPY || (isSpaced && !looksChosen(value))) return false;
  return !isNoSecret({ rule: name.rule, name: name.text, value, isQuoted: isPassword(name.rule), isTold: true });
}

/** postgresql.org/docs/current/sql-copy.html, "Text Format" */
const NULL_OF_COPY = '\\N';

type Cell = Range & Readonly<{ next: number }>;

const QUOTE = /[ \t]{0,40}(\\{0,15}["'])/y;
const BARE: Readonly<Record<string, RegExp>> = {
  ',': /[^,\r\n\v]{0,1000}/y,
  ';': /[^;\r\n\v]{0,1000}/y,
  '\t': /[^\t\r\n\v]{0,1000}/y,
  '|': /[^|\r\n\v]{0,1000}/y,
  '│': /[^│\r\n\v]{0,1000}/y,
};

/** Cells in quotes may have several lines. A longer row is none, and so a header costs a bounded time. */
const LONGEST_ROW = 20_000;

/** Undefined where the line has more or fewer cells. */
function cellsAt(text: string, from: number, { divider, columns, isInText }: Layout): readonly Cell[] | undefined {
  const count = columns.length;
  const cells: Cell[] = [];
  for (let at = from; cells.length < count && at < from + LONGEST_ROW; at += 1) {
    const cell = cellAt(text, at, divider, isInText);
    cells.push(cell);
    at = cell.next;
    if (text[at] !== divider) break;
  }
  const end = cells.at(-1)?.next ?? from;
  return cells.length === count && (end >= text.length || /[\r\n\v"'\\]/.test(text[end] ?? '')) ? cells : undefined;
}

function cellAt(text: string, at: number, divider: string, isInText: boolean): Cell {
  const [opening = '', quote = ''] = matchAt(QUOTE, text, at) ?? [];
  if (quote !== '') {
    const start = at + opening.length;
    const end = statementEnd(text, start, quote);
    return { start, end, next: end + (text.startsWith(quote, end) ? quote.length : 0) };
  }
  const longest = endAt(BARE[divider] ?? REST_OF_LINE, text, at);
  const closing = isInText ? text.slice(at, longest).search(/\\{0,15}["']/) : -1;
  const next = closing < 0 ? longest : at + closing;
  const cell = text.slice(at, next);
  return { start: at + cell.length - cell.trimStart().length, end: at + cell.trimEnd().length, next };
}
