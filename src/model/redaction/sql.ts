/**
 * Values by their column: `INSERT INTO users (id, password) VALUES (1, 'x'), (2, 'y')`. ISO/IEC 9075-2 section 14.11.
 */
import { type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { endAt, matchAt } from '#model/redaction/sticky.ts';
import { type Range, statementEnd } from '#model/redaction/values.ts';

const INTO = /into [\w."\x60[\]\\]{1,120}\s{0,4}\(([^()'\r\n\v]{1,1000})\)\s{1,4}values\s{0,4}/iy;
const NEXT_ROW = /\s{0,4},?\s{0,40}\(/y;
const LITERAL = /\s{0,4}[NEB]?(')/iy;
const OTHER = /[^,()']{0,200}(?:\([^()]{0,200}\))?[^,()']{0,200}/y;

/** At the word "into" after "insert": the secret literals, in order; empty where none are. */
export function insertedValues(text: string, start: number): readonly Range[] {
  const head = columnsAt(text, start);
  if (head === undefined) return [];
  const { columns } = head;
  const found: Range[] = [];
  let at = endAt(NEXT_ROW, text, head.end);
  for (let rows = 0; rows < MOST_ROWS && text[at - 1] === '('; rows += 1) {
    for (const column of columns) {
      const { secret, end } = valueIn(text, at, column);
      if (secret !== undefined) found.push(secret);
      at = endAt(BETWEEN, text, end);
    }
    if (text[at] !== ')') break;
    at = endAt(NEXT_ROW, text, at + 1);
  }
  return found;
}

/** The columns of a statement, some of them secret; `end` is where its rows begin. */
export function columnsAt(
  text: string,
  start: number,
): Readonly<{ columns: readonly (Named | undefined)[]; end: number }> | undefined {
  const head = matchAt(INTO, text, start);
  const columns = (head?.[1] ?? '').split(',').map(columnOf);
  return head === undefined || columns.every((column) => column === undefined)
    ? undefined
    : { columns, end: start + head[0].length };
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
  if (literal === undefined) return { secret: undefined, end: endAt(OTHER, text, at) };
  const start = at + literal[0].length;
  const end = statementEnd(text, start, "'");
  const isNone =
    column === undefined ||
    end === start ||
    isNoSecret({ rule: column.rule, name: column.text, value: text.slice(start, end), isQuoted: true, isTold: false });
  return { secret: isNone ? undefined : { start, end }, end: end + 1 };
}

/** A statement of more rows is cut off in a log. */
const MOST_ROWS = 200;
const BETWEEN = /\s{0,4}(?:,|(?=\)))/y;
