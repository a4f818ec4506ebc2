/**
 * Commands and lines that set a secret by its name:
 *
 *   ENV DB_PASSWORD x                          aws ssm put-parameter --name db/password --value x
 *   fly secrets set MAILER=x                   kubectl create secret generic shop --from-literal=pin=x
 *   curl -b 'sid=x'                            etcdctl put /db/password x
 */
import { type Named, namedAt } from '#model/redaction/names.ts';
import { isNoSecret, isState, standsForValue } from '#model/redaction/no-secret.ts';
import { endAt, isAt, matchAt } from '#model/redaction/sticky.ts';
import { quotedEnd, type Range } from '#model/redaction/values.ts';

/** How much of a command is read before and behind an option. */
const COMMAND_CHARS = 300;
const OPENING = /[= ] {0,3}(\\{0,15}["'])?(?![-$<])/y;
const BARE = /[^\s"'|;&<>\\]{1,400}/y;

/** Without what stands for a value: `$PASSWORD`, `<password>`. */
function argumentAt(text: string, at: number): Range | undefined {
  const [opening = '', quote = ''] = matchAt(OPENING, text, at) ?? [];
  return opening === '' ? undefined : wordAt(text, at + opening.length, quote);
}

function wordAt(text: string, start: number, quote: string): Range | undefined {
  const end = quote === '' ? endAt(BARE, text, start) : quotedEnd(text, start, quote);
  return end <= start || standsForValue(text.slice(start, end)) ? undefined : { start, end };
}

/** The command around an option: up to what divides commands. */
function commandBefore(text: string, at: number): string {
  return (
    text
      .slice(Math.max(0, at - COMMAND_CHARS), at)
      .split(/[|;&\r\n\v]/)
      .at(-1) ?? ''
  );
}

/** `curl -b sid=x`, `--cookie sid=x`; without a sign it is the name of a file. */
export function curlCookie(text: string, start: number, end: number): Range | undefined {
  const option = text.slice(start, end);
  if ((option !== '-b' && option !== '--cookie') || !/\bcurl(?:\.exe)?\s/.test(commandBefore(text, start)))
    return undefined;
  const cookie = argumentAt(text, end);
  return cookie && text.slice(cookie.start, cookie.end).includes('=') ? cookie : undefined;
}

const VALUE_OPTIONS = /^(?:--value|--body|--data|--plaintext|--from-literal)$/;
/** Commands of which every value is secret. */
const SECRET_COMMAND =
  /\bsecrets?\b[^|;&\r\n\v]{0,40}\b(?:set|create|put|add|update)\b|\b(?:create|put|apply|set|add) secrets?\b/;
const SECURE = /\bSecureString\b/;
const NAME_OPTION = /\s(?:--(?:name|key|id|secret-id|variable|parameter-name)|-n)[ =]["']?([\w./-]{1,200})/;

/** The value of an option that a name in the same command tells: `--name db/password --value x`. */
export function optionOfSecret(text: string, start: number, end: number): Range | undefined {
  const option = text.slice(start, end);
  if (!VALUE_OPTIONS.test(option)) return undefined;
  const before = commandBefore(text, start);
  const after = text.slice(end, end + COMMAND_CHARS).split(/[\r\n\v]/, 1)[0] ?? '';
  const name = (NAME_OPTION.exec(before) ?? NAME_OPTION.exec(after))?.[1] ?? '';
  const isSecret =
    SECRET_COMMAND.test(before) || SECURE.test(before + after) || namedAt(name, name.length - 1) !== undefined;
  if (!isSecret) return undefined;
  return option === '--from-literal' ? literalAt(text, end) : argumentAt(text, end);
}

const LITERAL = /[= ](?:\\{0,15}["'])?([\w.-]{1,253})=(\\{0,15}["'])?/y;
/** Where a service is, and who logs in: no secret, even in a Secret. */
const PLACE_NAME =
  /(?:^|[._-])(?:host(?:name)?|port|region|zone|endpoint|user(?:name)?|database|dbname|merchant|tenant|account|org|project|env|environment|cluster|namespace|bucket|queue|topic|mode|log-?level|protocol|driver)(?:[._-]?(?:id|name))?$/i;
const PLACE_VALUE = /^(?:[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}(?::\d{1,5})?|[A-Z]{1,4}-?\d{1,12}|\d{1,12})$/;

/** `--from-literal=pin=x` */
function literalAt(text: string, at: number): Range | undefined {
  const [opening = '', name = '', quote = ''] = matchAt(LITERAL, text, at) ?? [];
  const value = opening === '' ? undefined : wordAt(text, at + opening.length, quote);
  return value && isPlace(text, name, value) ? undefined : value;
}

function isPlace(text: string, name: string, { start, end }: Range): boolean {
  return PLACE_NAME.test(name) && PLACE_VALUE.test(text.slice(start, end));
}

const SET = / (?:set|import|add)(?= )/y;
const PAIR = / (?:--?[\w-]{1,40}(?:[= ][\w.-]{1,60})? ){0,4}["']?([A-Za-z_][\w.-]{0,100})=(\\{0,15}["'])?/y;

/** `secrets set A=x B=y`, behind its first word. */
export function secretsSet(text: string, from: number): readonly Range[] {
  const found: Range[] = [];
  let at = endAt(SET, text, from);
  while (at > from && found.length < MOST_PAIRS) {
    const [opening = '', name = '', quote = ''] = matchAt(PAIR, text, at) ?? [];
    const value = opening === '' ? undefined : wordAt(text, at + opening.length, quote);
    if (value === undefined) break;
    if (!isPlace(text, name, value)) found.push(value);
    at = value.end + quote.length;
  }
  return found;
}

const MOST_PAIRS = 50;

/** What stands before a name that the next word sets. */
const SETS =
  /(?:^|[\s:>"'])(?:rclone config (?:create|update)(?: [\w.:/@-]{1,100}){1,20}|nmcli(?: [\w.:/@-]{1,60}){1,12}|(?:proxy|grpc)_set_header|(?:fastcgi|uwsgi|scgi)_param|add_header|set-header|(?:Request)?Header (?:always )?(?:set|add|append)|setenv|setx(?: \/[mM])?|#define|set -[a-zA-Z]{1,5}|(?:kv|config|configure|conf|parameter|params|variables?|env|etcdctl|credential|secrets?)[: ](?:set|put|add|update)) {1,4}(?:--?\S{1,60} ){0,3}["']?[\w./:@-]{0,120}$/i;
const DIRECTIVE = /(?:^|[\s:>\]])ENV {1,4}$/;
const SETTING_CHARS = 300;
const NEXT_WORD = / {1,40}(\\{0,15}["'])?(?![-=$<])/y;
const REST_OF_LINE = / {1,40}(\\{0,15}["'])?(?![-=$<])([^\r\n\v"']{1,400})/y;

/**
 * A line of its own: `remote_password two words` among directives of that form, or a name and one word in columns, as
 * `pulumi stack output` writes them. The name has several words.
 */
function valueOfLine(text: string, { rule, start, end }: Named): Range | undefined {
  const before = text.slice(Math.max(0, start - SETTING_CHARS), start);
  if (!COMPOUND.test(text.slice(start, end)) || !LINE_BEGINS.test(start > SETTING_CHARS ? `.${before}` : before))
    return undefined;
  const [opening = '', value = ''] = matchAt(WORDS_OF_LINE, text, end) ?? [];
  const words = value.split(' ');
  if (value === '' || words.length > MOST_WORDS || words.some(isState)) return undefined;
  if (isNoSecret({ rule, name: text.slice(start, end), value, isQuoted: false, isTold: false })) return undefined;
  const isColumn = words.length === 1 && opening.startsWith('  ') && /[\d!#$%^&*+?~}{]/.test(value);
  const from = end + opening.length - value.length;
  return isColumn || isAmongDirectives(before, text.slice(from + value.length, from + value.length + NEXT_CHARS))
    ? { start: from, end: from + value.length }
    : undefined;
}

const OR_DEFAULT = / (?:\|\||\?\?|\?:|or) (["'])([^"'\r\n\v\\]{4,200})\1/y;

/** `process.env.DB_PASS || 'x'`: what counts without the variable. */
function defaultOf(text: string, { rule, start, end }: Named): Range | undefined {
  const [whole = '', , value = ''] = matchAt(OR_DEFAULT, text, end) ?? [];
  const said = { rule, name: text.slice(start, end), value, isQuoted: true, isTold: false };
  if (whole === '' || !VARIABLE.test(text.slice(start, end)) || isNoSecret(said)) return undefined;
  const last = end + whole.length - 1;
  return { start: last - value.length, end: last };
}

const VARIABLE = /env\b|^[A-Z\d_]+$/;

/** The lines before and behind are directives of several words, too. */
function isAmongDirectives(before: string, behind: string): boolean {
  const previous = before.split(/[\n\v]/).at(-2) ?? '';
  const next = behind.split(/\r?[\n\v]/)[1] ?? '';
  return [previous, next].some((line) => OF_DIRECTIVE.test(line.trim()));
}

const MOST_WORDS = 5;
const NEXT_CHARS = 120;
const COMPOUND = /^[a-zA-Z]+(?:_[a-zA-Z]+)+$|^[a-z]+(?:[A-Z][a-z]+)+$/;
const LINE_BEGINS = /(?:^|[\n\v])[ \t]{0,16}$/;
const WORDS_OF_LINE = /[ \t]{1,30}(?![-=$<{[#])([^\s"':=;][^\r\n\v"':=;]{2,200}?)(?=[ \t]{0,8}(?:[\r\n\v]|$))/y;
const OF_DIRECTIVE = /^(?:[A-Za-z]+(?:_[A-Za-z]+)+ \S[^:=]*|[A-Z][a-z]{2,20} [\w.-]{1,60})$/;

/** Behind a name: `ENV DB_PASSWORD x`, `setx DB_PASSWORD x`. A directive of a Dockerfile takes the line. */
export function setValue(text: string, named: Named): Range | undefined {
  const { start, end } = named;
  if (!isAt(NEXT_WORD, text, end)) return undefined;
  const otherwise = valueOfLine(text, named) ?? defaultOf(text, named);
  if (otherwise !== undefined) return otherwise;
  const before = text.slice(Math.max(0, start - SETTING_CHARS), start);
  if (DIRECTIVE.test(before)) {
    const [whole = '', , value = ''] = matchAt(REST_OF_LINE, text, end) ?? [];
    const from = end + whole.length - value.length;
    return standsForValue(value.trim()) ? undefined : { start: from, end: from + value.trimEnd().length };
  }
  if (!SETS.test(before)) return undefined;
  const [opening = '', quote = ''] = matchAt(NEXT_WORD, text, end) ?? [];
  const word = wordAt(text, end + opening.length, quote);
  return word && isState(text.slice(word.start, word.end)) ? undefined : word;
}
