/**
 * Finds SQL of attackers in client input. Text is decoded as the server decodes it, twice where it was encoded twice, and
 * comments count as spaces.
 *
 *   anywhere           forms that no program writes: a tautology of two literals behind a quote, a stacked command
 *   in a request       forms that an ordinary statement has, too: UNION SELECT, SLEEP(5), a comment behind a quote
 */

import { isStopped } from '#detect/signs/attacks/hostile-input.ts';

export type SqlAttack =
  | 'tautology'
  | 'UNION SELECT'
  | 'stacked command'
  | 'comment'
  | 'time-based'
  | 'error-based'
  | 'file or command';

type Form = Readonly<{ kind: SqlAttack; form: RegExp }>;

/** After a quote, a number or a bracket that ends the value in the program's statement. */
const ENDS = String.raw`(?:['"\x60)]|\b\d+)\s{0,20}(?:\)\s{0,20}){0,8}`;

const ANYWHERE: readonly Form[] = [
  {
    kind: 'tautology',
    form: /(?<![=\s(,])['"]\s{0,20}(?:\)\s{0,20}){0,8}(?:\bor\b|\|\|)\s*(?:\(\s{0,20}){0,8}(['"])(\w{0,20})\1\s*(?:=|like)\s*\1\2(?:\1|\b|$)/i,
  },
  {
    kind: 'tautology',
    form: /(?<![=\s(,])['"]\s{0,20}(?:\)\s{0,20}){0,8}(?:\bor\b|\|\|)\s*(?:\(\s{0,20}){0,8}(?:(\d+)\s*=\s*\1|true|not false)\b/i,
  },
  {
    kind: 'stacked command',
    form: new RegExp(
      // The object must follow: "; shutdown true" and "; create it again" are ordinary sentences.
      String.raw`${ENDS};\s*(?:(?:drop|truncate|alter|create)\s+(?:table|database|schema|user|login|role|view|index|procedure|function|trigger)\b|truncate\s+\w+\s*(?:;|--|$)|exec(?:ute)?\s*(?:\(|\w+)|grant\s+\w+\s+(?:on|to)\b|shutdown\s*(?:;|--|with\b|$))`,
      'i',
    ),
  },
  {
    // The rest of the program's statement becomes a comment. Programs write their comments between slashes and stars.
    kind: 'UNION SELECT',
    form: /(?<![=\s(,])['"]\s{0,5}\)?\s{1,5}union\s{1,5}(?:all\s{1,5})?select\s[^;'"]{1,300}?\bfrom\s{1,5}[\w.]{1,60}\s{0,3}(?:where\s[^;'"]{1,100})?(?:--|#)(?=$|[\s'"%\\)])/i,
  },
  { kind: 'stacked command', form: /['"]\s*;\s*(?:delete|insert|update)\s.{0,200}(?:--|#|\/\*)/i },
  {
    kind: 'file or command',
    form: /\bxp_cmdshell\b|\binto\s+(?:out|dump)file\s*['"]|\bload_file\s*\(\s*(?:['"]|0x|char)/i,
  },
  {
    kind: 'error-based',
    form: /\b(?:extractvalue|updatexml)\s*\(\s*[\w.'"]{1,20}\s*,\s*concat\s*\(|\bconvert\s*\(\s*int\s*,\s*(?:@@|\(\s*select|db_name)|\bfloor\s*\(\s*rand\s*\(\s*0\s*\)\s*\*\s*2\s*\)/i,
  },
  {
    kind: 'time-based',
    form: /['")]\s{0,20};?\s{0,20}(?:\|\||\b(?:and|or|if|select|waitfor)\b).{0,60}\b(?:pg_sleep|sleep|benchmark)\s*\(\s*\d/i,
  },
  { kind: 'time-based', form: /['")\d]\s{0,20};?\s{0,20}waitfor\s+delay\s+['"]/i },
];

const IN_REQUEST: readonly Form[] = [
  ...ANYWHERE,
  {
    kind: 'UNION SELECT',
    form: /\bunion\s{1,20}(?:all\s{1,20}|distinct\s{1,20})?\(?\s{0,20}select\b\s{0,20}(?:null|\d|@@|char\(|concat|group_concat|version|user\b|\*|['"]|[\w.,()\s*@]{1,200}\bfrom\b|.{0,200}(?:--|#|\/\*))/i,
  },
  {
    kind: 'tautology',
    form: new RegExp(
      String.raw`${ENDS}(?:\b(?:or|and)\b|&&|\|\|)\s*(?:\(\s{0,20}){0,8}(['"]?)(\w{1,20})\1\s*=\s*\1\2\b`,
      'i',
    ),
  },
  { kind: 'tautology', form: /['"]\s*(?:or|and)\s+\w{1,20}\s*(?:<|>|between|is\s+not\s+null|like\s+['"]%)/i },
  {
    kind: 'time-based',
    form: /\b(?:pg_sleep|sleep|benchmark|dbms_pipe\.receive_message)\s*\(\s*['"\d]|\bwaitfor\s+delay\b/i,
  },
  {
    kind: 'stacked command',
    form: new RegExp(String.raw`${ENDS};\s*(?:select|insert|update|delete|drop|declare|exec)\b`, 'i'),
  },
  {
    kind: 'comment',
    form: /(?:['"]|\b\d+['"]?)\s{0,20}(?:\)\s{0,20}){0,8}(?:--(?:[\s+-]|$)|#\s*$|\/\*)|\badmin['"]\s*(?:--|#)/i,
  },
  {
    kind: 'UNION SELECT',
    form: /['"\d)]\s*order\s+by\s+\d+\s*(?:--|#|\/\*)|\binformation_schema\s*\.\s*(?:tables|columns|schemata)\b|\b(?:from|join)\s+(?:sysobjects|pg_catalog|sqlite_master|all_tables)\b/i,
  },
  {
    kind: 'error-based',
    form: /\b(?:ascii|substr(?:ing)?|mid|length|char|database|version)\s*\(.{0,80}\)\s*(?:=|<|>)\s*\d+/i,
  },
];

/** The kind of attack that a line holds; undefined where it holds none. */
export function sqlAttack(line: string): SqlAttack | undefined {
  const start = line.slice(0, LONGEST_READ);
  if (!WORTH_READING.test(start)) return undefined;
  const text = decoded(start);
  for (const { kind, form } of ANYWHERE) if (form.test(text)) return kind;
  for (const part of requestParts(start)) {
    const sent = decoded(part);
    // A whole statement is logged by a database; an attack is only a part of one.
    if (STATEMENT.test(sent)) continue;
    for (const { kind, form } of IN_REQUEST) if (form.test(sent)) return kind;
  }
  return inQuotes(start, isStopped(start));
}

/** What stands in quotes is input, where somebody refused it or where it leaves the statement and comments out the rest. */
const QUOTED = /\\?["“]([^"“”\\]{3,400})\\?["”]/g;
/** A whole command behind a value, in dialects of all kinds: `price; REMOVE TABLE offer; --` */
const STACKED = /;\s{0,20}(?:drop|remove|delete|truncate|alter|create|insert|update|select|exec|grant|shutdown)\s+\w/i;
const SELECTED = /^.{1,100}\bfrom\s+\w.{0,200}\bwhere\b.{0,200}--\s{0,8}$/i;

/** `yew' UNION SELECT login FROM users-- `: a quote ends the value, and the rest of the statement is a comment. */
const LEAVES_STATEMENT = /^[^'\n]{0,100}'[^\n]{1,300}(?:--|#|\/\*)\s{0,8}$/;

function inQuotes(line: string, isRefused: boolean): SqlAttack | undefined {
  for (const [, quoted = ''] of line.matchAll(QUOTED)) {
    const sent = decoded(quoted);
    if (STATEMENT.test(sent) || !(isRefused || LEAVES_STATEMENT.test(sent))) continue;
    if (STACKED.test(sent)) return 'stacked command';
    if (SELECTED.test(sent)) return 'comment';
    for (const { kind, form } of IN_REQUEST) if (form.test(sent)) return kind;
  }
  return undefined;
}

const LONGEST_READ = 8_000;

/** Every form has one of these; most lines have none. */
const WORTH_READING =
  /['"\x60]|%2|%5|%u00|&#|union|sleep|waitfor|benchmark|--|;|0x|information_schema|\bselect\b|\b(?:or|and)\b.{0,40}[=<>]/i;

const STATEMENT = /^\s*(?:select|insert|update|delete|with|create|alter|drop|explain|begin|commit|show|set)\b/i;

const NAMES =
  'url|uri|path|query_?string|qs|params?|parameters|args|body|payload|form|data|user_?agent|ua|referr?er|request|request_uri|input|search|term|q|filter|sort|user_?name|user|login|email|cookie|value|id|name|http\\.(?:url|target)|url\\.(?:full|query|path)|query';
const NAMED_JSON = new RegExp(String.raw`"(?:${NAMES})"\s*:\s*"((?:[^"\\]|\\.){1,4000})"`, 'gi');
const NAMED_TEXT = new RegExp(
  String.raw`(?<![\w?&.])(?:${NAMES})(?:=|:\s?)(?:"([^"]{1,4000})"|'(.{1,400}?)'(?=[\s,;]|$)|(\S[^"\n]{0,400}))`,
  'gi',
);
/** Where the end is not found, the first 4,000 characters, so that each text is read only once. */
const REQUEST_LINE = /\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\/(?:.{0,4000}?(?= HTTP\/\d|"\s|\n|$)|.{4000}))/g;
/** A URL with its query is one word. */
const WITHOUT_SPACE = /[^\s"<>]+/g;

/** Client input: the target of a request, its parameters, its body, its user agent. */
function requestParts(line: string): string[] {
  const parts: string[] = [];
  for (const [, target = ''] of line.matchAll(REQUEST_LINE)) parts.push(target);
  for (const [word] of line.matchAll(WITHOUT_SPACE)) {
    const path = word.indexOf('/');
    const query = word.indexOf('?', path + 1);
    if (path >= 0 && query > 0 && query < word.length - 1) parts.push(word.slice(path));
  }
  if (line.includes('{'))
    for (const [, value = ''] of line.matchAll(NAMED_JSON)) parts.push(value.replace(/\\(["\\/])/g, '$1'));
  else
    for (const [, ...values] of line.matchAll(NAMED_TEXT))
      parts.push(values.find((value) => value !== undefined) ?? '');
  return parts;
}

/** Attackers encode twice to pass filters that decode once. */
const ROUNDS = 3;

export function decoded(text: string): string {
  let known = text;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = decodedOnce(known);
    if (next === known) break;
    known = next;
  }
  return known
    .replace(/\/\*(?!!)(?:[^*]|\*(?!\/)){0,200}\*\//g, ' ')
    .replace(/\/\*!\d{0,6}|\*\//g, ' ') // MySQL executes such a comment
    .replace(/\\(["'])/g, '$1');
}

function decodedOnce(text: string): string {
  return text
    .replace(/%u00([0-9a-f]{2})/gi, hexCharacter)
    .replace(/%([2-7][0-9a-f])/gi, hexCharacter)
    .replace(/%0[9ad]/gi, ' ')
    .replace(/\\u00([2-7][0-9a-f])/gi, hexCharacter)
    .replace(/&#(?:x([2-7][0-9a-f])|(\d{2,3}));/gi, (_, hex: string | undefined, number: string) =>
      String.fromCharCode(hex === undefined ? Number(number) : Number.parseInt(hex, 16)),
    )
    .replace(/(?<=[\w'")])\+(?=[\w'"(-])/g, ' ');
}

function hexCharacter(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

/** A database reports a syntax error, so the input reached it. */
export function databaseComplains(line: string): boolean {
  return DATABASE_ERROR.test(line.slice(0, LONGEST_READ));
}

const DATABASE_ERROR =
  /sql syntax|syntax error (?:at or near|in sql)|unterminated quoted string|unclosed quotation mark|ORA-\d{5}|SQLSTATE\[|SQLITE_ERROR|sqlite3?\.OperationalError|PG::\w*Error|PSQLException|SQLSyntaxErrorException|quoted string not properly terminated|ODBC.{0,40}Driver|each union query must have/i;
