/**
 * Parameters that a program logs beside a statement, by the names that the statement gives to their places:
 *
 *   INSERT INTO users (name, password) VALUES ($1, $2) -- PARAMETERS: ["jo","x"]
 *   UPDATE users SET token = ? WHERE id = ?; ["x",7]         [parameters: ('x', 7)]         Params: ["x",7]
 *   [Parameters=[@p0='jo', @p1='x']] INSERT INTO users (name, password) VALUES (@p0, @p1)
 *   INSERT INTO tokens (kind, token) VALUES ($1, $2) RETURNING "id" ["session", "x"]
 *   … parameters: $1 = 'x', $2 = '7'      binding parameter (1:VARCHAR) <- [x]      ==> Parameters: x(String), 7(Long)
 */
import { MARK_START } from '#model/redaction/mark.ts';
import { type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret } from '#model/redaction/no-secret.ts';
import { columnsAt } from '#model/redaction/sql.ts';
import { isAt, matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range } from '#model/redaction/values.ts';

const PLACE = /\$\d{1,3}(?!\w)|:\d{1,3}\b|@p\d{1,3}\b|\?|%s/y;

/** At the value of a name: the secret parameters of its statement, where the value is a place for one. */
export function boundValues(text: string, from: number): readonly Range[] {
  return isAt(PLACE, text, from) ? valuesOf(text, statementStart(text, from), from) : [];
}

/** The same at the word "into" after "insert". */
export function boundRow(text: string, start: number): readonly Range[] {
  const head = columnsAt(text, start);
  return head === undefined ? [] : valuesOf(text, start, head.end);
}

/** Behind `Parameters=`: those of the statement that follows, as Entity Framework writes them. */
export function valuesBefore(text: string, from: number): readonly Range[] {
  const counted = matchAt(NUMBERED_BEFORE, text, from)?.[0] ?? '';
  if (counted !== '') return numberedBefore(text, from, from + counted.length);
  const list = matchAt(NAMED_LIST, text, from)?.[0] ?? '';
  if (list === '') return listBefore(text, from);
  const start = from + list.length;
  const names = namesOfPlaces(text, start, Math.min(text.length, start + LONGEST_STATEMENT));
  return found(list, 0, /@p\d{1,3}='((?:[^'\r\n\v]|''){1,400})'/g, (whole) => placeIn(whole) + 1).flatMap((value) =>
    isSecret(list, names.get(value.place), value) ? [{ start: from + value.start, end: from + value.end }] : [],
  );
}

const NAMED_LIST = /\[@p\d{1,3}=(?:'(?:[^'\r\n\v]|''){0,400}'|[^'\]\r\n\v]){1,200}\]/y;

/** `parameters: $1 = 'jo', $2 = 'x' for prepared statement "…"` */
function numberedBefore(text: string, from: number, end: number): readonly Range[] {
  const names = namesOfPlaces(text, end, Math.min(text.length, end + LONGEST_STATEMENT));
  return numbered(text.slice(0, end), from).flatMap(({ place, ...value }) =>
    isSecret(text, names.get(place), value) ? [value] : [],
  );
}

const NUMBERED_BEFORE =
  /\s?(?:\$\d{1,3} = (?:NULL|\\{0,15}'[^'\r\n\v]{0,400}'),? ?){1,99}(?=for |in |[\w :]{0,40}\\{0,15}["']?(?:select|insert|update|delete|with|call)\b)/iy;

/** `bindings: ['jo', 'x'], sql: 'insert …'` */
function listBefore(text: string, from: number): readonly Range[] {
  const head = matchAt(LIST_AND_STATEMENT, text, from);
  if (head === undefined) return [];
  const start = from + head[0].length;
  const names = namesOfPlaces(text, start, Math.min(text.length, start + LONGEST_STATEMENT));
  const inner = from + (head[1] ?? '').length;
  const values = /^[^"',]*\]/.test(head[0].slice(inner - from)) ? spaced(text, inner) : listed(text, inner);
  return values.filter(({ place, ...value }) => isSecret(text, names.get(place), value));
}

const LIST_AND_STATEMENT =
  /(\s{0,3}\[\s{0,8})(?![[{])[^[\]\r\n\v]{1,1000}\][\s,]{1,8}\\{0,15}["']?(?:sql|query|text|statement)\\{0,15}["']?\s?[:=]\s?\\{0,15}["'`]/y;

const LONGEST_STATEMENT = 2_000;
const BEGINS = /\b(?:insert|update|delete|merge|select|call)\s/gi;

function statementStart(text: string, at: number): number {
  const from = Math.max(0, at - LONGEST_STATEMENT);
  const verbs = [...text.slice(from, at).matchAll(BEGINS)];
  // A statement may contain a query.
  const last = verbs.findLast(([verb]) => !/select/i.test(verb)) ?? verbs[0];
  return from + (last?.index ?? 0);
}

/** What stands between a statement and its parameters. */
const LIST =
  /(?:\b(?:parameters|params|args|binds|bindings|values)["']?\s?[:=]\s?|\bwith param(?:s|eters):? |["\w$?)*]\s(?=\[(?:\\{0,15}["']|\d{1,19},|~[A-Z]\[|<<|nil|null|true|false))|;\s{1,4}|["'`]\s?,\s?|\[(?:generated in|cached since|raw sql|no key|dialect)[^\]\r\n\v]{0,80}\] |\bengine\.(?:base\.)?Engine (?=\())[[(](?![[{])\s{0,4}/i;
const NUMBERED = /parameters: (?=\$1 = \\{0,15}')/i;
const TYPED = /\bparameters: (?=[^\r\n\v]{0,400}\((?:String|Integer|Long|Timestamp)\))/i;
/** sequelize.org, `logQueryParameters`: without brackets. */
const BARE_LIST = /;\s(?=\\{0,15}"(?:[^"\r\n\v]{0,400}\\{0,15}",|[^",\r\n\v]{0,400}\\{0,15}"\s{0,9}$))/;
/** ADO.NET and NHibernate: `@p0 = 'x'`. */
const NUMBERED_NAMES = /(?=@p\d{1,3} ?= ?N?')/;
/** Doctrine: `params: {"1":"jo"}`, `parameters: array{"1":"jo"}` (docs.doctrine-project.org, "Logging middleware"). */
const NUMBERED_MEMBERS = /\bparam(?:eter)?s\\{0,15}["']?\s?[:=]\s?(?:array(?=\{))?(?=\{\s?\\{0,15}"1\\{0,15}"\s?:)/;
/** Slices of Go have only spaces between their elements. */
const SPACED = /\bargs(?:=|: ?)\[(?=[^[\]"',\r\n\v]{1,400}\])/;
const BINDING = /(?=binding parameter [[(]\d)/i;

function valuesOf(text: string, start: number, from: number): readonly Range[] {
  const after = text.slice(from, from + LONGEST_STATEMENT);
  for (const [opening, read] of READERS) {
    const list = opening.exec(after);
    if (list === null) continue;
    const names = namesOfPlaces(text, start, from + list.index);
    const values = read(text, from + list.index + list[0].length);
    const found = values.filter(({ place, ...value }) => isSecret(text, names.get(place), value));
    if (found.length > 0 || values.some(({ start: at }) => text.startsWith(MARK_START, at)))
      return found.sort((a, b) => a.start - b.start);
  }
  return [];
}

function isSecret(text: string, name: Named | undefined, { start, end }: Range): boolean {
  if (name === undefined || end <= start) return false;
  return !isNoSecret({
    rule: name.rule,
    name: name.text,
    value: text.slice(start, end),
    isQuoted: true,
    isTold: false,
  });
}

/** `place` counts from 0. */
type Value = Range & Readonly<{ place: number }>;

const READERS: readonly (readonly [opening: RegExp, read: (text: string, from: number) => Value[]])[] = [
  [NUMBERED, numbered],
  [BINDING, bindings],
  [TYPED, typed],
  [NUMBERED_MEMBERS, numberedMembers],
  [LIST, listed],
  [NUMBERED_NAMES, numberedNames],
  [SPACED, spaced],
  [BARE_LIST, listed],
];

const QUOTE = /[bu]?(\\{0,15}["'])/y;
/** Also times and bytes of Elixir: `~U[2026-01-05 10:00:00Z]`, `<<1, 2>>`. */
const BARE = /~[A-Z]\[[^[\]\r\n\v]{1,60}\]|<<[\d, .]{0,400}>>|[^,()[\]"'\r\n\v]{1,200}/y;
const DIVIDER = /\s{0,4},\s{0,8}/y;

function listed(text: string, from: number): Value[] {
  const values: Value[] = [];
  for (let at = from, place = 0; place < MOST_PLACES; place += 1) {
    const [opening = '', quote = ''] = matchAt(QUOTE, text, at) ?? [];
    const start = at + opening.length;
    const end = quote === '' ? start + (matchAt(BARE, text, start)?.[0].length ?? 0) : quotedEnd(text, start, quote);
    values.push({ start, end, place });
    const divider = matchAt(DIVIDER, text, end + quote.length);
    if (divider === undefined) break;
    at = divider.index + divider[0].length;
  }
  return values;
}

const MOST_PLACES = 200;

function typed(text: string, from: number): Value[] {
  return found(text, from, /([^,()\r\n\v]{1,200})\([A-Z]\w{1,20}\)(?:, )?/g, (_, at) => at);
}

function numbered(text: string, from: number): Value[] {
  return found(text, from, /\$\d{1,3} = \\{0,15}'((?:[^'\\\r\n\v]|\\(?!\\{0,14}')){1,400})/g, placeIn);
}

function bindings(text: string, from: number): Value[] {
  return found(text, from, /binding parameter [[(]\d{1,3}[^\r\n\v]{1,60}? (?:<-|-) \[([^\]\r\n\v]{1,400})/gi, placeIn);
}

function numberedNames(text: string, from: number): Value[] {
  return found(text, from, /@p\d{1,3} ?= ?N?'((?:[^'\r\n\v]|''){1,400})'/g, (whole) => placeIn(whole) + 1);
}

function numberedMembers(text: string, from: number): Value[] {
  return found(text, from, /"\d{1,3}\\{0,15}"\s?:\s?\\{0,15}"([^"\\\r\n\v]{1,400})/g, placeIn);
}

function spaced(text: string, from: number): Value[] {
  const list = text.slice(from, text.indexOf(']', from));
  return Array.from(list.matchAll(/[^ ]{1,400}/g), ({ 0: word, index }, place) => ({
    start: from + index,
    end: from + index + word.length,
    place,
  }));
}

function placeIn(whole: string): number {
  return Number(/\d+/.exec(whole)?.[0]) - 1;
}

function found(text: string, from: number, pattern: RegExp, placeOf: (whole: string, at: number) => number): Value[] {
  const after = text.slice(from, from + LONGEST_STATEMENT);
  return Array.from(after.matchAll(pattern), ({ 0: whole, 1: value = '', index }, at) => {
    const start = from + index + whole.indexOf(value);
    return { start, end: start + value.length, place: placeOf(whole, at) };
  });
}

/** Read backwards from the sign: from each place before it this took twenty times as long. */
const NAME_BEFORE = /(?<=([\w."`[\]\\]{1,80})\s{0,3}(?:=|<>|!=|\blike\b)\s{0,3}(?:\w{1,20}\()?)/iy;
const PLACES = /[$:](\d{1,3})(?!\w)|@p(\d{1,3})\b|\?|%s/g;
const SIGNS = /'[^'\r\n\v]{0,400}'|[$:]\d{1,3}(?!\w)|@p\d{1,3}\b|\?|%s|[(),]/g;

/** The secret names of the places of a statement: by the column of a row, or by the name before the sign. */
function namesOfPlaces(text: string, start: number, end: number): ReadonlyMap<number, Named> {
  const statement = text.slice(start, end);
  const into = /\binto\s/i.exec(statement);
  const head = into === null ? undefined : columnsAt(text, start + into.index);
  const columns = head === undefined ? NO_COLUMNS : columnsOfPlaces(statement, head.end - start);
  const names = new Map<number, Named>();
  for (const { 1: number, 2: counted, index } of statement.matchAll(PLACES)) {
    const column = columns.get(index);
    const name = column === undefined ? nameBefore(statement, index) : head?.columns[column];
    const place = number === undefined ? Number(counted ?? places(statement, index)) : Number(number) - 1;
    if (name !== undefined) names.set(place, name);
  }
  return names;
}

const NO_COLUMNS: ReadonlyMap<number, number> = new Map();

/** The column of each sign of the rows, which begin at `rows`. */
function columnsOfPlaces(statement: string, rows: number): ReadonlyMap<number, number> {
  const columns = new Map<number, number>();
  let depth = 0;
  let column = 0;
  for (const { 0: sign, index } of statement.slice(rows).matchAll(SIGNS)) {
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (sign === ',' && depth === 1) column += 1;
    else if (depth > 0) columns.set(rows + index, column);
    if (depth <= 0) column = 0;
  }
  return columns;
}

/** How many places without a number stand before this one. */
function places(statement: string, at: number): number {
  return statement.slice(0, at).match(/\?|%s/g)?.length ?? 0;
}

function nameBefore(statement: string, at: number): Named | undefined {
  const written = matchAt(NAME_BEFORE, statement, at)?.[1] ?? '';
  const name = written.replaceAll(/["`[\]\\]/g, '');
  return name === '' ? undefined : namedAt(name, name.length - 1);
}
