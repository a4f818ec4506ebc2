/**
 * The shape of a database statement: literals out, white space and case folded, so that fifty look-ups by fifty ids are
 * one query. A tokenizer and no regular expression over the whole: quotes, comments and escapes decide where a literal
 * ends. Placeholders of drivers and agents (`?`, `$1`, `:name`, `%s`, `@p0`) are literals, too, and a list of them is one.
 *
 *   SELECT * FROM customers WHERE id IN (101, 'x''y')  →  select * from customers where id in (?)
 */

/** Longer statements are cut: what tells two queries apart stands at their beginning. */
const LONGEST_SHAPE = 500;

export function queryShape(statement: string): string {
  const tokens: string[] = [];
  for (let at = 0; at < statement.length && tokens.length < LONGEST_SHAPE; ) {
    const token = tokenAt(statement, at);
    at = token.end;
    if (token.text === undefined) continue;
    if (token.text === '?' && tokens.at(-1) === ',' && tokens.at(-2) === '?')
      tokens.pop(); // a list of values is one
    else tokens.push(token.text);
  }
  return spaced(tokens).slice(0, LONGEST_SHAPE);
}

/** Without comments: tracing writes the ids of the request there, which differ each time. */
export function withoutComments(statement: string): string {
  return statement.includes('/*') ? statement.replace(/\/\*[^*]{0,2000}\*\//g, ' ').trim() : statement;
}

/** `SELECT orders` from a shape: what a person calls the query. Empty where the shape is no statement on a table. */
export function queryLabel(shape: string): string {
  const [, verb = ''] = MONGO_COMMAND.exec(shape) ?? /^(\w+)/.exec(shape) ?? [];
  const table = queryTable(shape);
  return table === '' ? '' : `${verb.toUpperCase()} ${table}`;
}

/** The first table or collection that a shape names; empty where there is none. */
export function queryTable(shape: string): string {
  return MONGO_COMMAND.exec(shape)?.[2] ?? /\b(?:from|into|update|table)\s+([\w.]+)/.exec(shape)?.[1] ?? '';
}

/** `{ find : jobs, filter : …`: a command of MongoDB names its collection first. */
const MONGO_COMMAND = /^\{ ?(find|findandmodify|aggregate|count|distinct|insert|update|delete) ?: ?([\w.-]+)/;

/** Whether the statement was cut by whoever recorded it: such a shape must not be taken for a whole query. */
export function isTruncated(statement: string): boolean {
  const end = statement.trimEnd();
  return end.endsWith('...') || end.endsWith('…') || end.endsWith('[truncated]');
}

type Token = Readonly<{ text: string | undefined; end: number }>;

function tokenAt(sql: string, at: number): Token {
  const char = sql[at] ?? '';
  const next = sql[at + 1] ?? '';
  if (isSpace(char)) return { text: undefined, end: at + 1 };
  if (char === '-' && next === '-') return { text: undefined, end: endOfLine(sql, at) };
  if (char === '/' && next === '*') return { text: undefined, end: after(sql, '*/', at + 2) };
  if (char === "'") return { text: '?', end: endOfQuoted(sql, at, "'") };
  if (char === '"' || char === '`') {
    const end = endOfQuoted(sql, at, char);
    return { text: sql.slice(at + 1, end - 1).toLowerCase(), end };
  }
  if (isDigit(char)) return { text: '?', end: endOfWord(sql, at) };
  if (isPlaceholderStart(char, next)) return { text: '?', end: endOfWord(sql, at + 1) };
  if (isWord(char)) {
    const end = endOfWord(sql, at);
    return { text: sql.slice(at, end).toLowerCase(), end };
  }
  return { text: char, end: at + 1 };
}

/** `$1`, `:name`, `@p0`, `%s`; a lone `?` is itself. `::` is PostgreSQL's cast. */
function isPlaceholderStart(char: string, next: string): boolean {
  if (char === '$' || char === '@' || char === ':') return isWord(next);
  return char === '%' && next === 's';
}

function endOfQuoted(sql: string, at: number, quote: string): number {
  for (let i = at + 1; i < sql.length; i += 1) {
    if (sql[i] === '\\') i += 1;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i += 1; // a doubled quote stands for one
    }
  }
  return sql.length;
}

function endOfLine(sql: string, at: number): number {
  const end = sql.indexOf('\n', at);
  return end < 0 ? sql.length : end;
}

function after(sql: string, mark: string, at: number): number {
  const end = sql.indexOf(mark, at);
  return end < 0 ? sql.length : end + mark.length;
}

function endOfWord(sql: string, at: number): number {
  let end = at;
  while (end < sql.length && (isWord(sql[end] ?? '') || (sql[end] === '.' && isWord(sql[end + 1] ?? '')))) end += 1;
  return end;
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r';
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isWord(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || isDigit(char) || char === '_' || char > '\x7f';
}

/** Words apart, punctuation close: for people, who read it in a finding. */
function spaced(tokens: readonly string[]): string {
  let text = '';
  let previous = '';
  for (const token of tokens) {
    const close =
      text === '' ||
      token === ',' ||
      token === ')' ||
      token === ';' ||
      token === '.' ||
      previous === '(' ||
      previous === '.';
    text += close ? token : ` ${token}`;
    previous = token;
  }
  return text;
}
