/**
 * A key whose section says what it opens, as the exporter for Datadog writes it (docs.datadoghq.com, "Configure the Datadog
 * Exporter"). Keys of tables, caches and lists have other sections, and their values are no generated ones.
 *
 *   api:                    "api": {"site": "…", "key": "…"}        [api]
 *     site: datadoghq.eu                                            key = …
 *     key: …                api { key = "…" }                       'crypt' => ['key' => '…']        Jwt:Key=…
 */
import { looksMade } from '#model/redaction/entropy.ts';
import { type Named, type NameRule, named } from '#model/redaction/names.ts';
import { looksChosen } from '#model/redaction/sentences.ts';
import { matchAt } from '#model/redaction/sticky.ts';
import { type Sign, valueStart } from '#model/redaction/values.ts';

/** At the sign behind a `key` that ends at `last`. */
export function nestedKey(text: string, last: number, sign: Sign): Named | undefined {
  if (!/key/i.test(text.slice(last - 'ke'.length, last + 1))) return undefined;
  const from = valueStart(text, sign);
  const [, value = ''] = matchAt(VALUE, text, from) ?? [];
  const own = ownSection(text, last - 'ke'.length);
  const [, quoted = ''] = matchAt(own === '' ? QUOTED : BARE, text, from) ?? [];
  const isChosen = isChosenKey(quoted);
  if (!isChosen && !looksMade(value)) return undefined;
  const rule = keyInside(own || sectionAround(text, last - 'ke'.length), isChosen) ?? ofFile(text, last - 'ke'.length);
  return rule && named(text, last, rule);
}

/** learn.microsoft.com/aspnet/core/fundamentals/configuration: `Jwt:Key`; the section is a part of the name. */
function ownSection(text: string, at: number): string {
  return OWN_SECTION.exec(text.slice(Math.max(0, at - NAME_CHARS), at))?.[1] ?? '';
}

const OWN_SECTION = /(?<![\w])([A-Za-z]\w{1,30}?)[:.]$/;
const BARE = /(?:\\{0,15}["'])?([^\s"'\\]{12,400})(?=\\{0,15}["']|\s|$)/y;

/** The rule for a key that begins a line of a file of secrets: the line above the settings names the file. */
function ofFile(text: string, at: number): NameRule | undefined {
  const before = text.slice(Math.max(0, at - SECTION_CHARS), at);
  const lines = before.split(/[\n\v]/);
  if (!INDENT.test(lines.pop() ?? '')) return undefined;
  if (before.length === SECTION_CHARS) lines.shift();
  const heading = lines.findLast((line) => FILE_OF_SECRETS.test(line) || !IN_FILE.test(line));
  return heading !== undefined && FILE_OF_SECRETS.test(heading) ? KEY_OF_SECTION : undefined;
}

/** `# secrets.env`, `$ cat /etc/app/credentials.ini`, `==> secrets.conf <==` */
const FILE_OF_SECRETS =
  /(?:secret|credential|password|passwd|api[-_]?key)s?(?:[-_.][\w.-]{1,30})?\.(?:env|ini|conf|cfg|cnf|properties|toml|txt)[ \t:<=*"'-]{0,8}\r?$/i;
/** Another setting, or a comment. */
const IN_FILE = /^[ \t]{0,16}(?:[#;].*|[\w.-]{1,60}[ \t]?[=:].*)?\r?$/;

/** What a key in the section of that name is; undefined where it is no secret. `isChosen`: somebody made up its value. */
export function keyInside(section: string, isChosen: boolean): NameRule | undefined {
  if (isChosen && SIGNS.test(section)) return CHOSEN_KEY;
  return opensSomething(section) ? KEY_OF_SECTION : undefined;
}

/** Whether a value may be the key of a section that signs something: no word, and no shorter than such keys are. */
export function isChosenKey(value: string): boolean {
  return value.length >= SHORTEST_CHOSEN && value.length <= LONGEST_CHOSEN && OF_KEY.test(value) && looksChosen(value);
}

/** No space, and a capital or a sign that the name of a key does not have. */
const OF_KEY = /^(?![A-Z\d_]+$)(?=.*[A-Z!@#$%^&*+=?])\S+$/;
const SHORTEST_CHOSEN = 12;
const LONGEST_CHOSEN = 400;

/**
 * Sections of what signs tokens: their keys are often words that somebody chose (learn.microsoft.com/aspnet/core/security,
 * "Configure JWT bearer authentication").
 */
const SIGNS =
  /(?:^|[-_.:/])(?:jwt|jws|jwe|hmac|bearer|token|signing|symmetric|encryption|crypto?|cipher)(?:s?[-_]?(?:auth(?:entication)?|bearer|setting|option|config(?:uration)?|token|param|management|provider|validation|signing)){0,4}s?$/i;
const QUOTED = /\\{0,15}["']([^\s"'\\]{12,400})(?=\\{0,15}["'])/y;
const CHOSEN_KEY: NameRule = { kind: 'secret', word: 'apikey', stands: 'alone', isMade: false };

/** Whether a key in a section of that name is secret. */
export function opensSomething(section: string): boolean {
  return OPENS.test(section) || SIGNS.test(section);
}

const KEY_OF_SECTION: NameRule = { kind: 'secret', word: 'apikey', stands: 'alone', isMade: true };

const OPENS =
  /(?:^|[-_.:/])(?:api|auth|access|private|secret|signing|encryption|decryption|master|license|jwt|fernet|jws|jwe|hmac|bearer|openai|anthropic|stripe|sendgrid|mailgun|twilio|algolia|datadog|newrelic|cosmos(?:db)?|azure(?:openai|search|cognitive|maps|cosmos)|cognitive\w{0,12}|signalr|maps|mapbox|recaptcha|turnstile|pusher|rollbar|bugsnag|postmark|mailchimp|braintree|adyen)(?:[-_]?(?:settings?|options?|config(?:uration)?|client|provider|auth))?$/i;

const VALUE = /\\{0,15}["']?([\w+/.~%-]{12,400}={0,2})/y;
const SECTION_CHARS = 400;

/** The name of the section around a member that begins at `at`; '' where none is near. */
function sectionAround(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - SECTION_CHARS), at);
  const open = Math.max(...BRACKETS.map((pair) => openedIn(before, pair)));
  const ofBraces = open < 0 ? null : SECTION.exec(before.slice(Math.max(0, open - NAME_CHARS), open));
  return ofBraces?.[1] ?? sectionAbove(before);
}

/** PHP writes lists in square brackets, and older ones in round ones. */
const BRACKETS = ['{}', '[]', '()'] as const;

/** Where the last bracket was opened that is still open; -1 for none. Others than braces count behind the arrow of PHP. */
function openedIn(before: string, [opening = '', closing = '']: string): number {
  const open = before.lastIndexOf(opening);
  const isOpen = open > before.lastIndexOf(closing);
  return isOpen && (opening === '{' || ARROW.test(before.slice(Math.max(0, open - NAME_CHARS), open))) ? open : -1;
}

const ARROW = /=>\s{0,3}(?:array\s?)?$/;

/** By the lines above; the first one may begin a quoted text. */
function sectionAbove(before: string): string {
  const lines = before.split(/[\n\v]/);
  const indent = INDENT.exec(lines.pop() ?? '')?.[1]?.length;
  if (indent === undefined) return '';
  if (before.length === SECTION_CHARS) lines.shift();
  const heading = lines.findLast((line) => HEADING.test(line) || (line.trim() !== '' && indentOf(line) < indent));
  const [, name = '', ofFile = ''] = HEAD.exec(heading ?? '') ?? [];
  return name + ofFile;
}

const NAME_CHARS = 60;
const SECTION = /([\w.-]{1,40})\\{0,15}["']?\s{0,3}(?:=>|[:=])?\s{0,3}(?:array\s?)?$/;
const INDENT = /^([ \t]*)(?:- )?\\{0,15}["']?$/;
const HEADING = /(?:^|["'])\[[\w.-]{1,40}\][ \t]{0,8}\r?$/;
const HEAD =
  /(?:^[ \t]{0,40}(?:- )?|["'])(?:["']?([\w.-]{1,40})["']?:(?: {1,4}#.{0,80})?|\[([\w.-]{1,40})\])[ \t]{0,8}\r?$/;

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
