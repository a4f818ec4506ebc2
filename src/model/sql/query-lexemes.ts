/**
 * Splits a database statement of any dialect into lexemes. Quotes, comments and escapes decide where a literal ends, which
 * one regular expression cannot do.
 *
 *  WHERE path = 'C:\' AND note = q'[it's]' -- why      →   WHERE  path  =  ?  AND  note  =  ?
 */

export type Lexeme = Readonly<{
  /** `name`: in quotes that only names have. `quoted`: in quotes for a name or a text, depending on the dialect. */
  kind: 'nothing' | 'word' | 'literal' | 'name' | 'text' | 'quoted' | 'mark';
  /** Without its quotes; as it stands in the statement. */
  text: string;
  end: number;
}>;

export type LexemeRules = {
  /** Whether a backslash escapes the quote behind it: MySQL says yes, the standard no. */
  escapes: boolean;
  /** Whether comments may be nested; withdrawn at the first comment that then has no end. */
  nests: boolean;
  /** Whether the statement's end is missing. */
  readonly isCut: boolean;
  /** `#` begins a comment whatever stands around it. */
  readonly hashComments: boolean;
  /** `(n:User)` of Neo4j has a label, where SQL has placeholders. */
  readonly labels: boolean;
};

/** A lexeme depends on the previous one (in lower case, empty at the start) and on whether it lies in `{ }`. */
export type LexemeContext = Readonly<{ before: string; isDocument: boolean }>;

export function lexemeAt(sql: string, at: number, rules: LexemeRules, context: LexemeContext): Lexeme {
  const char = sql[at] ?? '';
  if (isSpace(char)) return nothing(at + 1);
  if (isCommentStart(sql, at, rules, context.before)) return nothing(endOfComment(sql, at, rules));
  if (QUOTES.has(char)) return quotedAt(sql, at, rules.escapes || context.isDocument);
  if (char === '[' && !context.isDocument) return bracketed(sql, at);
  const end = endOfPlainValue(sql, at, rules);
  if (end > 0) return literal(end);
  if (isWord(char) || (char === '#' && isWord(sql[at + 1] ?? ''))) return wordAt(sql, at, rules);
  return placeholderAt(sql, at, context.isDocument || rules.labels) ?? markAt(sql, at);
}

const QUOTES: ReadonlySet<string> = new Set(["'", '"', '`']);

function quotedAt(sql: string, at: number, escapes: boolean): Lexeme {
  if (sql[at] === '`') return quoted(sql, at, 'name', false);
  return sql[at] === '"' ? doubleQuoted(sql, at, escapes) : quoted(sql, at, 'text', escapes);
}

/** The end of a UUID or a number; 0 for none. */
function endOfPlainValue(sql: string, at: number, rules: LexemeRules): number {
  const char = sql[at] ?? '';
  const uuid = endOfUuid(sql, at, rules);
  if (uuid > 0) return uuid;
  const isNumber = isDigit(char) || (char === '.' && isDigit(sql[at + 1] ?? '') && !endsTerm(sql[at - 1] ?? ''));
  if (isNumber) return endOfNumber(sql, at);
  return char === '…' ? at + 1 : 0;
}

/** Without comments: tracing writes the ids of the request there, which differ each time. */
export function withoutComments(statement: string): string {
  if (!/--|\/\*/.test(statement)) return statement;
  const rules = rulesOf(statement, '');
  const kept: string[] = [];
  let keptTo = 0;
  let before = '';
  for (let at = 0; at < statement.length; ) {
    const { kind, text, end } = lexemeAt(statement, at, rules, { before, isDocument: false });
    if (kind !== 'nothing') before = text.toLowerCase();
    else if (isCommentMark(statement[at] ?? '')) {
      kept.push(statement.slice(keptTo, at));
      keptTo = end;
    }
    at = end;
  }
  return [...kept, statement.slice(keptTo)].join(' ').trim();
}

function isCommentMark(char: string): boolean {
  return char === '-' || char === '/' || char === '#';
}

/** The rules for this statement, from its database system and its own text. */
export function rulesOf(statement: string, system: string, isCut = false): LexemeRules {
  const hashComments = system === 'mysql' || system === 'mariadb';
  const labels = system === 'neo4j' || /^\s*match\s*\(/i.test(statement);
  const rules = { escapes: true, nests: !hashComments, hashComments, labels, isCut };
  if (!statement.includes('\\')) return rules;
  const standard = { ...rules, escapes: false };
  const prefersStandard = STANDARD_QUOTES.has(system) ? 1 : 0;
  const seen = statement.slice(0, SEEN);
  const isStandard = oddities(seen, standard) - oddities(seen, rules) < prefersStandard;
  return { ...rules, escapes: !isStandard };
}

/** This much of a statement shows its dialect. */
const SEEN = 65_536;

/** Systems without backslash escapes. */
const STANDARD_QUOTES: ReadonlySet<string> = new Set([
  'postgresql',
  'microsoft.sql_server',
  'oracle.db',
  'oracle',
  'sqlite',
  'ibm.db2',
  'h2database',
  'cassandra',
  'cockroachdb',
  'trino',
]);

/** With these rules, how often a text ends inside a word, or does not end. */
function oddities(statement: string, rules: LexemeRules): number {
  const tried = { ...rules };
  let odd = 0;
  for (let at = 0; at < statement.length; ) {
    const { kind, text, end } = lexemeAt(statement, at, tried, { before: '', isDocument: false });
    const isQuote = statement[at] === "'" || statement[at] === '"';
    if (isQuote && isWord(statement[end] ?? '')) odd += 2;
    else if (isQuote && (kind === 'nothing' || end - at !== text.length + 2)) odd += 1;
    at = end;
  }
  return odd;
}

function nothing(end: number): Lexeme {
  return { kind: 'nothing', text: '', end };
}

function literal(end: number): Lexeme {
  return { kind: 'literal', text: '?', end };
}

function isCommentStart(sql: string, at: number, { hashComments }: LexemeRules, before: string): boolean {
  const next = sql[at + 1] ?? '';
  if (sql[at] === '-') return next === '-';
  if (sql[at] === '/') return next === '*';
  if (sql[at] !== '#') return false;
  if (hashComments) return true;
  // PostgreSQL's paths into JSON, a template's placeholder; a temporary table of SQL Server.
  if (next === '>' || next === '{' || (next === '-' && sql[at + 2] !== '-')) return false;
  return !((isWord(next) || next === '#') && BEFORE_TABLE.has(before));
}

const BEFORE_TABLE: ReadonlySet<string> = new Set(['from', 'join', 'into', 'table', 'update', 'exists', ',', '.', '#']);

function endOfComment(sql: string, at: number, rules: LexemeRules): number {
  if (sql[at] !== '/') {
    const end = sql.indexOf('\n', at);
    return end < 0 ? sql.length : end;
  }
  if (rules.nests) {
    const end = endOfNested(sql, at);
    if (end > 0) return end;
    if (rules.isCut) return sql.length;
    rules.nests = false;
  }
  const end = sql.indexOf('*/', at + 2);
  return end < 0 ? sql.length : end + 2;
}

/** 0 where fewer end than begin. */
function endOfNested(sql: string, at: number): number {
  let depth = 0;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = at;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return 0;
}

function quoted(sql: string, at: number, kind: Lexeme['kind'], escapes: boolean): Lexeme {
  const quote = sql[at] ?? '';
  for (let i = at + 1; i < sql.length; i += 1) {
    if (escapes && sql[i] === '\\') i += 1;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return { kind, text: sql.slice(at + 1, i), end: i + 1 };
      i += 1; // a doubled quote is one quote
    }
  }
  return { kind, text: sql.slice(at + 1), end: sql.length };
}

/** Without an end it is neither a name nor a value. */
function doubleQuoted(sql: string, at: number, escapes: boolean): Lexeme {
  const { text, end } = quoted(sql, at, 'quoted', escapes);
  return end - at === text.length + 2 ? { kind: 'quoted', text, end } : nothing(end);
}

/** `[Order Details]` of SQL Server. Right after a term it is an index; a list is no name. */
function bracketed(sql: string, at: number): Lexeme {
  BRACKETED.lastIndex = at;
  const name = endsTerm(sql[at - 1] ?? '') ? undefined : BRACKETED.exec(sql)?.[1];
  if (name === undefined) return { kind: 'mark', text: '[', end: at + 1 };
  const end = at + name.length + 2;
  return MASKED_NAME.test(name) ? literal(end) : { kind: 'name', text: name, end };
}

const BRACKETED = /\[([\p{L}_#@][\p{L}\p{N}_#@$ .:/-]{0,127})\]/uy;
/** Placeholders of agents for a value. */
const MASKED_NAME = /^(?:redacted|masked|filtered|hidden|omitted)\b/i;
const MASK = /\*{2,}|\.{3,}|<(?:redacted|masked|filtered|hidden|omitted)>/iy;

/** 0 where there is none. A truncated one matches by its beginning. */
function endOfUuid(sql: string, at: number, { isCut }: LexemeRules): number {
  if (sql[at + 8] !== '-') return 0;
  const uuid = isCut ? BEGUN_UUID : UUID;
  uuid.lastIndex = at;
  return uuid.test(sql) ? uuid.lastIndex : 0;
}

const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?!\w)/iy;
const BEGUN_UUID = /[\da-f]{8}(?:(?:-[\da-f]{4}){3}-[\da-f]{12}(?!\w)|(?:-[\da-f]{4}){0,3}-[\da-f]{0,11}$)/iy;

/** `1e-5`, `5.` and `.5` are numbers, too. */
function endOfNumber(sql: string, at: number): number {
  let end = endOfWord(sql, sql[at] === '.' ? at + 1 : at);
  const sign = sql[end] ?? '';
  if ((sign === '-' || sign === '+') && isDigit(sql[end + 1] ?? '') && /^[\d.]+e$/i.test(sql.slice(at, end))) {
    end = endOfWord(sql, end + 1);
  }
  return sql[end] === '.' && sql[end + 1] !== '.' ? end + 1 : end;
}

function wordAt(sql: string, at: number, rules: LexemeRules): Lexeme {
  let end = endOfWord(sql, sql[at] === '#' ? at + 1 : at);
  // `obj#` is a column of Oracle's; `a#>b` looks into JSON.
  if (sql[end] === '#' && !rules.hashComments && sql[end + 1] !== '>' && sql[end + 1] !== '-') end += 1;
  const text = sql.slice(at, end);
  if (sql[end] === "'") {
    if (ALTERNATIVE_QUOTING.test(text)) return literal(endOfAlternative(sql, end + 1));
    if (TEXT_PREFIX.test(text)) return literal(quoted(sql, end, 'text', rules.escapes || /^e$/i.test(text)).end);
  }
  if (sql.startsWith("&'", end) && /^u$/i.test(text)) return literal(quoted(sql, end + 1, 'text', false).end);
  return { kind: 'word', text, end };
}

/** `N'…'`, `E'…'`, `X'…'`, `_utf8mb4'…'`. */
const TEXT_PREFIX = /^(?:[nexbru]|_\w+)$/i;
/** Oracle's `q'[it's]'`. */
const ALTERNATIVE_QUOTING = /^n?q$/i;

function endOfAlternative(sql: string, at: number): number {
  const open = sql[at] ?? '';
  const close = `${({ '[': ']', '{': '}', '(': ')', '<': '>' })[open] ?? open}'`;
  const end = sql.indexOf(close, at + 1);
  return end < 0 ? sql.length : end + close.length;
}

/**
 * `$1`, `:name`, `@p0`, `?1`, `%s`, `%(name)s`, `#{name}`, a text in dollars, and masks. `::` is PostgreSQL's cast,
 * `@@name` a setting.
 */
function placeholderAt(sql: string, at: number, hasLabels: boolean): Lexeme | undefined {
  const char = sql[at] ?? '';
  const next = sql[at + 1] ?? '';
  if (char === '?') return literal(isDigit(next) ? endOfWord(sql, at + 1) : at + 1);
  if (char === '$') return dollarsAt(sql, at);
  if (char === '@' || (char === ':' && !hasLabels)) return namedAt(sql, at);
  const known = char === '%' || char === '#' ? FORMATTED : MASK;
  known.lastIndex = at;
  return known.test(sql) ? literal(known.lastIndex) : undefined;
}

function namedAt(sql: string, at: number): Lexeme | undefined {
  if (isWord(sql[at + 1] ?? '')) return literal(endOfWord(sql, at + 1));
  if (!sql.startsWith('@@', at) || !isWord(sql[at + 2] ?? '')) return undefined;
  const end = endOfWord(sql, at + 2);
  return { kind: 'word', text: sql.slice(at, end), end };
}

const FORMATTED = /%(?:\(\w{1,60}\))?[sd](?!\w)|#\{[^{}]{0,120}\}/y;

/** `$1`, `${name}`; `$$…$$` and `$body$…$body$`, which are texts. */
function dollarsAt(sql: string, at: number): Lexeme | undefined {
  TAG.lastIndex = at;
  const tag = TAG.exec(sql)?.[0];
  if (tag !== undefined) {
    const end = sql.indexOf(tag, at + tag.length);
    return literal(end < 0 ? sql.length : end + tag.length);
  }
  if (isWord(sql[at + 1] ?? '')) return literal(endOfWord(sql, at + 1));
  TEMPLATE.lastIndex = at;
  return TEMPLATE.test(sql) ? literal(TEMPLATE.lastIndex) : undefined;
}

const TAG = /\$(?:[a-z_]\w{0,62})?\$/iy;
const TEMPLATE = /\$\{[^{}]{0,120}\}/y;

function markAt(sql: string, at: number): Lexeme {
  OPERATOR.lastIndex = at;
  const text = OPERATOR.exec(sql)?.[0] ?? sql[at] ?? '';
  return { kind: 'mark', text, end: at + text.length };
}

/** Operators of more than one character. */
const OPERATOR = /<=>|<->|<>|<=|<@(?!\w)|<<|>=|>>|!=|!~\*?|~\*|==|=>|\|\||&&|::|:=|->>|->|#>>|#>|#-|@>|@@/y;

/** `$` cannot begin a word, but may continue it: `v$session`. */
function endOfWord(sql: string, at: number): number {
  let end = at;
  for (; end < sql.length; end += 1) {
    const char = sql[end] ?? '';
    if (isWord(char) || (char === '$' && end > at)) continue;
    if (char !== '.' || !isWord(sql[end + 1] ?? '')) break;
  }
  return end;
}

/** The last character of a name, a number or what is in brackets. */
function endsTerm(char: string): boolean {
  return isWord(char) || char === ')' || char === ']' || char === '"' || char === '`' || char === "'";
}

function isSpace(char: string): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r' || char === '\f' || char === '\v';
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

export function isWord(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || isDigit(char) || char === '_' || char > '\x7f';
}
