/**
 * Values by their column: `INSERT INTO users (id, password) VALUES (1, 'x'), (2, 'y')`. ISO/IEC 9075-2 section 14.11.
 */
import { looksMade } from '#model/redaction/entropy.ts';
import { type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { looksChosen } from '#model/redaction/sentences.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { type Range, statementEnd } from '#model/redaction/values.ts';

const INTO =
  /into [\w."\x60[\]\\]{1,120}\s{0,40}\(([^()']{1,1000})\)\s{1,40}(?:output [\w."[\], ]{1,200}\s{1,4}|overriding \w{4,6} value\s{1,4})?(values?\s{0,40}|select\s{1,40}(?=[^()]))/iy;
const NEXT_ROW = /\s{0,4},?\s{0,40}(?:row\s?)?\(/iy;
const LITERAL = /\s{0,4}[NEB]?(')/iy;
const OTHER = /[^,()']{0,200}(?:\([^()]{0,200}\))?[^,()']{0,200}/y;

/** At the word "into" after "insert": the secret literals, in order; empty where none are. */
export function insertedValues(text: string, start: number): readonly Range[] {
  const head = columnsAt(text, start);
  if (head === undefined) return [];
  const { columns, isQuery, end } = head;
  if (isQuery) return rowAt(text, end, columns).secrets;
  const found: Range[] = [];
  let at = endAt(NEXT_ROW, text, end);
  for (let rows = 0; rows < MOST_ROWS && text[at - 1] === '('; rows += 1) {
    const row = rowAt(text, at, columns);
    found.push(...row.secrets);
    if (text[row.end] !== ')') break;
    at = endAt(NEXT_ROW, text, row.end + 1);
  }
  return found;
}

function rowAt(text: string, from: number, columns: Columns): Readonly<{ secrets: readonly Range[]; end: number }> {
  const secrets: Range[] = [];
  let at = from;
  for (const column of columns) {
    const { secret, end } = valueIn(text, at, column);
    if (secret !== undefined) secrets.push(secret);
    at = endAt(BETWEEN, text, end);
  }
  return { secrets, end: at };
}

type Columns = readonly (Named | undefined)[];
/** `isQuery`: a query gives the one row, without brackets. `end` is where its rows begin. */
type Head = Readonly<{ columns: Columns; isQuery: boolean; end: number }>;

/** The columns of a statement, some of them secret. */
export function columnsAt(text: string, start: number): Head | undefined {
  const head = matchAt(INTO, text, start);
  const columns = (head?.[1] ?? '').split(',').map(columnOf);
  return head === undefined || columns.every((column) => column === undefined)
    ? undefined
    : { columns, isQuery: /^s/i.test(head[2] ?? ''), end: start + head[0].length };
}

function columnOf(written: string): Named | undefined {
  const name = written.replaceAll(/["`[\]\\\s]/g, '');
  return namedAt(name, name.length - 1);
}

/** The value that begins at `at`, if it is a secret literal, and its end with its quote. */
function valueIn(
  text: string,
  at: number,
  column: Named | undefined,
): Readonly<{ secret: Range | undefined; end: number }> {
  const literal = matchAt(LITERAL, text, at);
  if (literal === undefined) return { secret: bareIn(text, at, column), end: endAt(OTHER, text, at) };
  const start = at + literal[0].length;
  const end = statementEnd(text, start, "'");
  const isNone =
    column === undefined ||
    end === start ||
    isNoSecret({ rule: column.rule, name: column.text, value: text.slice(start, end), isQuoted: true, isTold: false });
  return { secret: isNone ? undefined : { start, end }, end: end + 1 };
}

const BARE = /\s{0,4}([^\s,()'"\x60?$:@[\]{}]{8,400})(?=\s{0,4}[,)])/y;
/** A variable or a column: `p_password2`. */
const IDENTIFIER = /^[A-Za-z]+\d{0,3}(?:_[A-Za-z]+\d{0,3}|_\d{1,3})*$/;

/** What Laravel writes without quotes, if a program or a person made it. */
function bareIn(text: string, at: number, column: Named | undefined): Range | undefined {
  const [whole = '', value = ''] = (column && matchAt(BARE, text, at)) ?? [];
  if (column === undefined || value === '' || IDENTIFIER.test(value)) return undefined;
  if (!looksMade(value) && !looksChosen(value)) return undefined;
  const said = { rule: column.rule, name: column.text, value, isQuoted: true, isTold: false };
  const end = at + whole.length;
  return isNoSecret(said) ? undefined : { start: end - value.length, end };
}

/** A statement of more rows is cut off in a log. */
const MOST_ROWS = 200;
const BETWEEN = /\s{0,4}(?:,|(?=\)))/y;
