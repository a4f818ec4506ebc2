/**
 * The shape of a database statement: without literals, with folded white space and case, so that fifty look-ups by
 * fifty ids are one query. Placeholders of drivers and agents (`?`, `$1`, `:name`, `%s`, `@p0`, `***`) count as
 * literals, and a list of them as one. Written rows become one, or two for any larger number. A text in double quotes
 * is a name or a value by its position.
 *
 *  SELECT * FROM customers WHERE id IN (101, 'x''y')  →  select * from customers where id in (?)
 *  {"find": "users", "filter": {"mail": "a@b.c"}}     →  { find : users, filter : { mail : ? } }
 *  SET session:4711 secret                            →  set session ?
 */
import { withoutValues } from '#model/redaction/redaction.ts';
import { isWord, type Lexeme, type LexemeRules, lexemeAt, rulesOf } from '#model/sql/query-lexemes.ts';
import { textNumber } from '#model/text/text-number.ts';

/**
 * Longer shapes are truncated; a hash stands for the rest, because lists of columns are long and the tables come after
 * them.
 */
const LONGEST_SHAPE = 500;
/** Only an attacker writes more tokens, once lists are folded. */
const MOST_TOKENS = 5_000;
/** Follows a statement that was truncated when recorded: its shape is the beginning of the whole statement's shape. */
const CUT = ' …';

/** `system` in OpenTelemetry's names. */
export function queryShape(statement: string, system = ''): string {
  if (isLimited(statement)) return statement;
  // A shape has neither case nor quotes, so what stands beside a secret tells it no more.
  const whole = withoutValues(handedOver(statement) ?? statement, '?');
  const end = endOfRecorded(whole);
  if (KEY_VALUE_SYSTEMS.has(system)) return commandShape(whole.slice(0, end)) + (end < whole.length ? CUT : '');
  const isCut = end < whole.length;
  const read = shapeOf(whole.slice(0, end), rulesOf(whole, system, isCut), system);
  const { tokens } = read;
  if (isCut) dropUnfinished(read, isWord(whole[end - 1] ?? ''));
  while (tokens.at(-1) === ';') tokens.pop();
  const shape = limited(spaced(tokens));
  return isCut ? shape + CUT : shape;
}

/** `SELECT orders` from a shape: the short name of a query. Empty where the shape is no statement on a table. */
export function queryLabel(shape: string): string {
  const [, verb = ''] = MONGO_COMMAND.exec(shape) ?? /^(\w+)/.exec(shape) ?? [];
  const table = queryTable(shape);
  return table === '' ? '' : `${verb.toUpperCase()} ${table}`;
}

/** The first table or collection that a shape names; empty where there is none. */
export function queryTable(shape: string): string {
  return MONGO_COMMAND.exec(shape)?.[2] ?? /\b(?:from|into|update|table)\s+([\p{L}\p{N}_.$#]+)/u.exec(shape)?.[1] ?? '';
}

/** `{ find : jobs, filter : …`: a command of MongoDB names its collection first. */
const MONGO_COMMAND = /^\{ ?(find|findandmodify|aggregate|count|distinct|insert|update|delete) ?: ?([\w.-]+)/;

/** Whether the statement was truncated when recorded: its shape must not count as a whole query. */
export function isTruncated(statement: string): boolean {
  return endOfRecorded(statement) < statement.length;
}

const CUT_MARKS = ['...', '…', '[truncated]'];

/** Where the mark of a cut begins; the statement's end where it has none. */
function endOfRecorded(statement: string): number {
  const text = statement.trimEnd();
  const mark = CUT_MARKS.find((each) => text.endsWith(each));
  if (mark === undefined) return statement.length;
  let end = text.length - mark.length;
  while (text[end - 1] === '.') end -= 1;
  return end;
}

/** The end may continue differently in the whole statement: half a word, half an operator, a repeating list. */
function dropUnfinished({ tokens, groups }: Shape, endsInWord: boolean): void {
  if (endsInWord && tokens.at(-1) !== '?') tokens.pop();
  const isMember = groups.at(-1)?.isDocument === true && /^[{,]$/.test(tokens.at(-2) ?? '');
  if (isMember && tokens.at(-1) === '?') tokens.pop();
  while (UNFINISHED.test(tokens.at(-1) ?? '')) tokens.pop();
  for (const { from, twin, element, elementBefore } of groups.toReversed()) {
    if (elementBefore >= 0) dropBegun(tokens, elementBefore, element);
    if (twin !== undefined) dropBegun(tokens, twin.from, from);
  }
}

/** Drops an element that began like the previous one, with the comma between them. */
function dropBegun(tokens: string[], one: number, other: number): void {
  if (other <= tokens.length && repeats(tokens, one, other, tokens.length - other)) tokens.length = other - 1;
}

const UNFINISHED = /^[^\p{L}\p{N}_?()*\]}]+$/u;

/** For `sp_executesql N'…'`, the statement in the argument. */
function handedOver(statement: string): string | undefined {
  const before = HANDING_OVER.exec(statement)?.[0];
  if (before === undefined) return undefined;
  const { text } = lexemeAt(statement, before.length, rulesOf('', ''), { before: '', isDocument: false });
  return text.replaceAll("''", "'");
}

const HANDING_OVER = /^\s*exec(?:ute)?\s+(?:sys\.)?sp_executesql\s+(?:@\w+\s*=\s*)?N?(?=')/i;

type Group = {
  /** The token that opens it. */
  readonly from: number;
  /** Behind the one that closes it. */
  to: number;
  /** The group before it in a list of groups. */
  readonly twin: Group | undefined;
  readonly isDocument: boolean;
  /** Contains only values: the list after `values` or `in`, if it is no query. */
  isValues: boolean;
  /** One of `values (…), (…)`. */
  readonly isRow: boolean;
  /** The beginning of the current element and of the previous one; −1 for none. */
  element: number;
  elementBefore: number;
};

type Shape = {
  readonly tokens: string[];
  readonly groups: Group[];
  /** The one that was closed last. */
  closed: Group | undefined;
  readonly quotesAreTexts: boolean;
};

function shapeOf(statement: string, rules: LexemeRules, system: string): Shape {
  const shape: Shape = {
    tokens: [],
    groups: [],
    closed: undefined,
    quotesAreTexts: TEXTS_IN_DOUBLE_QUOTES.has(system),
  };
  for (let at = 0; at < statement.length && shape.tokens.length < MOST_TOKENS; ) {
    const isDocument = shape.groups.at(-1)?.isDocument === true;
    const lexeme = lexemeAt(statement, at, rules, { before: shape.tokens.at(-1) ?? '', isDocument });
    at = lexeme.end;
    if (lexeme.kind === 'nothing') continue;
    const token = tokenOf(shape, lexeme, () => following(statement, lexeme.end));
    if (OPENING.has(token) && lexeme.kind === 'mark') open(shape, token);
    else if (CLOSING.has(token) && lexeme.kind === 'mark') close(shape, token);
    else add(shape, token);
  }
  return shape;
}

/** The first character that is no space. */
function following(statement: string, from: number): string {
  let at = from;
  while (at < statement.length && /\s/.test(statement[at] ?? '')) at += 1;
  return statement[at] ?? '';
}

function tokenOf(shape: Shape, lexeme: Lexeme, next: () => string): string {
  const { kind, text } = lexeme;
  const inDocument = shape.groups.at(-1)?.isDocument === true;
  switch (kind) {
    case 'text':
      return inDocument ? memberOf(shape, text, next()) : '?';
    case 'quoted':
      return inDocument ? memberOf(shape, text, next()) : quotedToken(shape, text, next());
    case 'name':
      return text.toLowerCase();
    case 'word':
      return wordToken(shape, text, inDocument ? next() : '');
    default:
      return text;
  }
}

/** In a document, names stay: those of its members, and of the collection of a command. */
function memberOf(shape: Shape, text: string, next: string): string {
  if (next === ':' || next === '=') return MEMBER.test(text) && !ID.test(text) ? text.toLowerCase() : '?';
  return isCollection(shape, text) ? text.toLowerCase() : '?';
}

const MEMBER = /^[@$]?[\p{L}_$][\p{L}\p{N}_.$-]{0,63}$/u;
const ID = /\d{5}|^[\da-f-]{16,}$/i;

/** `{ find : jobs`: the first member's value. */
function isCollection({ tokens, groups }: Shape, text: string): boolean {
  const isFirst = groups.length === 1 && groups[0]?.from === tokens.length - 3 && tokens.at(-1) === ':';
  return isFirst && COMMANDS.has(tokens.at(-2) ?? '') && /^[\w.$-]{1,120}$/.test(text);
}

const COMMANDS: ReadonlySet<string> = new Set([
  'find',
  'findandmodify',
  'aggregate',
  'count',
  'distinct',
  'insert',
  'update',
  'delete',
]);

function wordToken(shape: Shape, text: string, next: string): string {
  const { tokens } = shape;
  const word = text.toLowerCase();
  const before = tokens.at(-1) ?? '';
  const group = shape.groups.at(-1);
  if (word === 'select' && group !== undefined) group.isValues = false;
  if (CONSTANTS.has(word)) return before === 'is' || before === 'not' ? word : '?';
  const isValue = next !== '' && next !== ':' && next !== '(' && VALUE_BEFORE.has(before);
  return isValue && !isCollection(shape, text) ? '?' : word;
}

const CONSTANTS: ReadonlySet<string> = new Set(['null', 'true', 'false']);
/** Behind what stands no name in a document. */
const VALUE_BEFORE: ReadonlySet<string> = new Set([':', '=', '=>', '[']);

/** Systems that take what is in double quotes for a text. */
const TEXTS_IN_DOUBLE_QUOTES: ReadonlySet<string> = new Set([
  'mysql',
  'mariadb',
  'gcp.bigquery',
  'bigquery',
  'gcp.spanner',
  'spanner',
  'hive',
  'spark',
  'databricks',
  'couchbase',
  'azure.cosmosdb',
  'cosmosdb',
  'neo4j',
  'elasticsearch',
]);

/** A name by the standard, a text by MySQL: of an unknown system, where it stands tells. */
function quotedToken(shape: Shape, text: string, next: string): string {
  const before = shape.tokens.at(-1) ?? '';
  const isName = next === '.' || before === '.' || (!shape.quotesAreTexts && !standsForValue(shape, text, before));
  return isName ? text.toLowerCase() : '?';
}

function standsForValue({ tokens, groups }: Shape, text: string, before: string): boolean {
  if (text.length > LONGEST_NAME || COMPARISONS.has(before)) return true;
  if (before === 'and' && tokens.at(-3) === 'between') return true;
  const group = groups.at(-1);
  if (group?.isValues === true) return true;
  const mayBeValue = group !== undefined || MAY_STAND_BEFORE_VALUE.has(before);
  return mayBeValue && !/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(text);
}

const LONGEST_NAME = 128;
const COMPARISONS: ReadonlySet<string> = new Set(
  '= == < > <= >= <> != <=> ~ ~* !~ !~* like ilike rlike regexp glob between escape limit offset'.split(' '),
);
const MAY_STAND_BEFORE_VALUE: ReadonlySet<string> = new Set(['then', 'else', 'when', '||', '+']);

const OPENING: ReadonlySet<string> = new Set(['(', '[', '{']);
const CLOSING: ReadonlySet<string> = new Set([')', ']', '}']);

function open(shape: Shape, token: string): void {
  const { tokens, groups, closed } = shape;
  const before = tokens.at(-1) ?? '';
  const outer = groups.at(-1);
  const twin = before === ',' && closed?.to === tokens.length - 1 ? closed : undefined;
  const isRow = token === '(' && (before === 'values' || before === 'value' || twin?.isRow === true);
  groups.push({
    from: tokens.length,
    to: -1,
    twin,
    isDocument: token === '{' || outer?.isDocument === true,
    isValues: isRow || before === 'in' || outer?.isValues === true,
    isRow,
    element: tokens.length + 1,
    elementBefore: -1,
  });
  tokens.push(token);
}

/** A list of like elements, and one of like groups, is one of them; two of rows, for writing one is another thing than writing many. */
function close(shape: Shape, token: string): void {
  const { tokens, groups } = shape;
  const group = groups.pop();
  if (group === undefined) {
    tokens.push(token);
    return;
  }
  foldElement(tokens, group);
  tokens.push(token);
  group.to = tokens.length;
  shape.closed = group;
  const { from, to, twin, isRow } = group;
  if (twin === undefined || (isRow && twin.twin === undefined)) return;
  if (twin.to - twin.from !== to - from || !repeats(tokens, twin.from, from, to - from)) return;
  tokens.length = from - 1;
  shape.closed = twin;
}

/** The last element of the list, where it is like the one before. */
function foldElement(tokens: string[], group: Group): void {
  const length = tokens.length - group.element;
  const isLike =
    group.elementBefore >= 0 &&
    tokens[group.element] === '?' &&
    group.element - 1 - group.elementBefore === length &&
    repeats(tokens, group.elementBefore, group.element, length);
  if (isLike) tokens.length = group.element - 1;
}

function repeats(tokens: readonly string[], one: number, other: number, length: number): boolean {
  for (let i = 0; i < length; i += 1) if (tokens[one + i] !== tokens[other + i]) return false;
  return true;
}

function add(shape: Shape, token: string): void {
  const { tokens } = shape;
  if (token === '?') {
    dropSign(tokens);
    if (tokens.at(-1) === ',' && tokens.at(-2) === '?') {
      tokens.pop(); // a list of values is one
      return;
    }
  }
  if (token === ',') nextElement(shape);
  tokens.push(token);
}

function nextElement({ tokens, groups }: Shape): void {
  const group = groups.at(-1);
  if (group === undefined) return;
  const { element } = group;
  foldElement(tokens, group);
  if (tokens.length >= element) group.elementBefore = element;
  group.element = tokens.length + 1;
}

/** `= -5`, `(-5`, `select -5`; what stands behind a term is subtracted from it. */
function dropSign(tokens: string[]): void {
  const sign = tokens.at(-1);
  if (sign !== '-' && sign !== '+') return;
  const before = tokens.at(-2) ?? '';
  if (/^[^\p{L}\p{N}_?)\]}]*$/u.test(before) || BEFORE_TERM.has(before)) tokens.pop();
}

const BEFORE_TERM: ReadonlySet<string> = new Set(
  'select where and or not in between like limit offset then else when return by set values on top case interval'.split(
    ' ',
  ),
);

/** Words apart, punctuation close: for people, who read it in a finding. */
function spaced(tokens: readonly string[]): string {
  let text = '';
  let previous = '';
  for (const token of tokens) {
    const isClose = text === '' || CLOSE_TO_BEFORE.has(token) || CLOSE_TO_NEXT.has(previous);
    text += isClose ? token : ` ${token}`;
    previous = token;
  }
  return text;
}

const CLOSE_TO_BEFORE: ReadonlySet<string> = new Set([',', ')', ';', '.', '::']);
const CLOSE_TO_NEXT: ReadonlySet<string> = new Set(['(', '.', '::']);

function limited(shape: string): string {
  if (shape.length <= LONGEST_SHAPE) return shape;
  return `${shape.slice(0, LONGEST_SHAPE - NUMBER_LENGTH)}… #${textNumber(shape, LONGEST_SHAPE - NUMBER_LENGTH)}`;
}

const NUMBER_LENGTH = '… #'.length + 8;

/** A shape stays what it is: what is kept of databases is read again. */
function isLimited(statement: string): boolean {
  return statement.length === LONGEST_SHAPE && /^… #[\da-f]{8}$/.test(statement.slice(-NUMBER_LENGTH));
}

/** Systems whose statements are a command, a key, and what is to be stored. */
export const KEY_VALUE_SYSTEMS: ReadonlySet<string> = new Set(['redis', 'valkey', 'keydb', 'memcached', 'dragonfly']);

/** `set session ?`: of the key the first word, where it is one; of commands about credentials and of scripts nothing. */
function commandShape(statement: string): string {
  const [command = '', key = '', argument] = statement.trim().split(/\s+/, 3);
  if (!/^[a-z][a-z._]{0,30}$/i.test(command)) return command === '' ? '' : '?';
  const shape = command.toLowerCase();
  if (key === '') return shape;
  const prefix = SECRET_COMMANDS.has(shape) ? '' : (KEY_PREFIX.exec(key)?.[0].toLowerCase() ?? '');
  const isWhole = prefix.length === key.length && argument === undefined;
  const waits = /^xread(?:group)?\s[^'"]*\sblock\s/i.test(statement);
  return [shape, prefix, isWhole ? '' : '?', waits ? 'block ?' : ''].filter((part) => part !== '').join(' ');
}

const KEY_PREFIX = /^[a-z_]{1,40}(?=$|[:/.|-])/i;

const SECRET_COMMANDS: ReadonlySet<string> = new Set([
  'auth',
  'hello',
  'acl',
  'config',
  'eval',
  'evalsha',
  'fcall',
  'migrate',
]);
