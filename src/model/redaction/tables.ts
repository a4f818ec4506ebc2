/**
 * Values by the column of a header line, as files and tools write tables:
 *
 *   id,user,password      "user";"api_key"      host⇥login⇥passwd      user | password
 *   1,jo,hunter2          "jo";"q;7"            db⇥jo⇥hunter2         ------+----------
 *                                                                      jo   | hunter2
 */
import { isPassword, type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { type Range, statementEnd } from '#model/redaction/values.ts';

/** `rows` is where the first row begins, `end` is behind the last one. */
type Table = Readonly<{ rows: number; secrets: readonly Range[]; end: number }>;

/** At a name in a header line; undefined where no rows follow. */
export function tableAt(text: string, named: Named): Table | undefined {
  const divider = matchAt(DIVIDER_BEHIND, text, named.end)?.[1] ?? dividerBefore(text, named.start);
  if (divider === undefined) return undefined;
  const start = lineStart(text, named.start);
  const end = endAt(REST_OF_LINE, text, named.end);
  const columns = start < 0 ? undefined : columnsIn(text.slice(start, end), divider);
  return columns && rowsBelow(text, end, divider, columns);
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

const CELL_BAR = / {0,60}\| /y;
const RECORD_CHARS = 2_000;

/** A comma in a sentence has a space behind it. */
const DIVIDER_BEHIND = /\\{0,15}["']?(?:([,;\t](?! ))| {0,80}(\|))/y;
const DIVIDER_BEFORE = /(?:([,;\t])| ?(\|) {0,80})\\{0,15}["']?[A-Za-z ]{0,40}$/;
const REST_OF_LINE = /[^\r\n\v]{0,1000}/y;
const LONGEST_HEADER = 1_000;

/** Of the last column. */
function dividerBefore(text: string, at: number): string | undefined {
  const [, sign, bar] = DIVIDER_BEFORE.exec(text.slice(Math.max(0, at - DIVIDER_CHARS), at)) ?? [];
  return sign ?? bar;
}

const DIVIDER_CHARS = 130;

/** -1 where the line is too long for a header. */
function lineStart(text: string, at: number): number {
  const from = Math.max(0, at - LONGEST_HEADER);
  let start = at;
  while (start > from && !BREAK.test(text[start - 1] ?? '')) start -= 1;
  return start === from && from > 0 ? -1 : start;
}

const BREAK = /[\r\n\v]/;
const COLUMN = /^(?:[\p{L}_#][\w\p{L} .#/-]{0,60})?$/u;
/** Lists of names in statements and in programs. */
const CODE = /[({=]|\b(?:select|from|import|export|const|let|def|return|insert|order by|group by)\b/i;

/** The names of the columns, some of them secret. What stands before the first one may be a sentence. */
function columnsIn(header: string, divider: string): readonly (Named | undefined)[] | undefined {
  const names = header.split(divider).map((cell) => cell.trim().replaceAll(/\\{0,15}["']/g, ''));
  const isTable = names.length > 1 && !CODE.test(header) && names.every((name, at) => at === 0 || COLUMN.test(name));
  const isSpaced = divider !== '|' && new RegExp(`${divider} `).test(header);
  return isTable && !isSpaced ? names.map((name) => namedAt(name, name.length - 1)) : undefined;
}

const NEXT_LINE = /(?:\r?\n|\v)/y;
const RULE_LINE = /[-+|=: ]{3,1000}(?=[\r\n\v])/y;

function rowsBelow(
  text: string,
  headerEnd: number,
  divider: string,
  columns: readonly (Named | undefined)[],
): Table | undefined {
  const secrets: Range[] = [];
  const rows = endAt(NEXT_LINE, text, headerEnd);
  let end = headerEnd;
  let count = 0;
  for (let at = rows; at > end; at = endAt(NEXT_LINE, text, end)) {
    const rule = endAt(RULE_LINE, text, at);
    if (rule > at) {
      end = rule;
      continue;
    }
    const cells = cellsAt(text, at, divider, columns.length);
    if (cells === undefined) break;
    for (const [place, cell] of cells.entries()) if (isSecret(text, columns[place], cell)) secrets.push(cell);
    end = cells.at(-1)?.next ?? at;
    count += 1;
  }
  return count === 0 ? undefined : { rows, secrets, end };
}

function isSecret(text: string, name: Named | undefined, { start, end }: Range): boolean {
  if (name === undefined || end <= start) return false;
  const isQuoted = isPassword(name.rule);
  return !isNoSecret({ rule: name.rule, name: name.text, value: text.slice(start, end), isQuoted, isTold: true });
}

type Cell = Range & Readonly<{ next: number }>;

const QUOTE = /[ \t]{0,40}(\\{0,15}["'])/y;
const BARE: Readonly<Record<string, RegExp>> = {
  ',': /[^,\r\n\v]{0,1000}/y,
  ';': /[^;\r\n\v]{0,1000}/y,
  '\t': /[^\t\r\n\v]{0,1000}/y,
  '|': /[^|\r\n\v]{0,1000}/y,
};

/** Undefined where the line has more or fewer cells. */
function cellsAt(text: string, from: number, divider: string, count: number): readonly Cell[] | undefined {
  const cells: Cell[] = [];
  for (let at = from; cells.length < count; at += 1) {
    const cell = cellAt(text, at, divider);
    cells.push(cell);
    at = cell.next;
    if (text[at] !== divider) break;
  }
  const end = cells.at(-1)?.next ?? from;
  return cells.length === count && (end >= text.length || /[\r\n\v"'\\]/.test(text[end] ?? '')) ? cells : undefined;
}

function cellAt(text: string, at: number, divider: string): Cell {
  const [opening = '', quote = ''] = matchAt(QUOTE, text, at) ?? [];
  if (quote !== '') {
    const start = at + opening.length;
    const end = statementEnd(text, start, quote);
    return { start, end, next: end + (text.startsWith(quote, end) ? quote.length : 0) };
  }
  const next = endAt(BARE[divider] ?? REST_OF_LINE, text, at);
  const cell = text.slice(at, next);
  return { start: at + cell.length - cell.trimStart().length, end: at + cell.trimEnd().length, next };
}
