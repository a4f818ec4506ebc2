/** Attempts to log in, as applications, web servers, sshd, PAM and databases log them, and tries of other secrets. */
import { emailIn, guessedIn, NO_ENCRYPTION, originIn, triesIn } from '#model/logs/guessed-secrets.ts';
import { logFields } from '#model/logs/log-fields.ts';
import type { LogLine } from '#model/logs/log-line.ts';

/** `account` and `address` are empty where the line names none. `what`: what is tried, `passwords` for a login. */
export type LoginAttempt = Readonly<{ failed: boolean; account: string; address: string; what: string }>;

const WORTH_READING =
  /log(?:ged)?[ _-]?[io]n|auth|password|credential|sign(?:ed)?[ _-]?in|\buser\b|session|Accepted|stuffing|brute|spray|guess|\bOTP\b|\bPIN\b/i;

const FAILED =
  /\b(?:fail(?:ed|ure)?|invalid|incorrect|wrong|bad|rejected|denied|unknown|unsuccessful)\b.{0,40}\b(?:password|log[ _-]?[io]ns?|log ?on|authenticat\w*|auth|credentials?|sign[ _-]?ins?|user(?:name)?|account)\b|\b(?:password|log[ _-]?in|log ?on|authenticat\w*|auth|credentials?|sign[ _-]?in)\b.{0,40}\b(?:fail(?:ed|ure)?s?|invalid|incorrect|wrong|rejected|denied|unsuccessful|mismatch)\b|\bno such user\b|\buser not found\b|\bpermission denied \(publickey|\b(?:credential[- ]?stuffing|brute[- ]?forc\w{1,4}|password[- ]spray\w{0,4}|account enumeration|(?:password|OTP|PIN|code)s?[- ]guess\w{0,4}|guess(?:es|ing) (?:the )?(?:password|OTP|PIN|code)s?)\b/i;
const SUCCEEDED =
  /\baccepted (?:password|publickey|keyboard)|\b(?:log[ _-]?in|log ?on|authentication|auth|sign[ _-]?in)\b.{0,80}\b(?:success(?:ful(?:ly)?)?|succeeded|ok|passed|granted)\b|\b(?:logged|signed) in\b|\bsuccessful(?:ly)? (?:log(?:ged)?[ _-]?in|authenticat\w+|sign(?:ed)?[ _-]?in)|\bsession opened for user\b/i;
/** The login failed because of the server, not because of the password. */
const ITS_OWN_FAULT =
  /time[d]?[ -]?out|connection (?:to|refused|reset)|certificate|unavailable|\b50[0-4]\b|redis|ldap server|database (?:error|down)|no route|dns|internal (?:server )?error/i;
/** Health checks. */
const PROBE =
  /health[ _-]?(?:check|z)?\b|kube-probe|readiness|liveness|\bprobe\b|\bmonitor(?:ing)?\b|blackbox|pingdom|uptime/i;

/** Undefined where the line reports no attempt. */
export function loginAttempt(line: LogLine): LoginAttempt | undefined {
  // A message with quotes stands in a JSON field with a backslash before each: `"message":"type=\"LOGIN_ERROR\""`.
  const text = line.line.slice(0, LONGEST_READ).replaceAll('\\"', '"');
  if (PROBE.test(text)) return undefined;
  return (WORTH_READING.test(text) ? ofLogin(line, text) : undefined) ?? ofGuess(line, text);
}

/** A refused try of a secret that the line counts. Ids alone are guessed only where the line names who does it. */
function ofGuess(line: LogLine, text: string): LoginAttempt | undefined {
  const what = guessedIn({ level: line.level, line: text });
  if (what === '') return undefined;
  const address = addressIn(text, line.labels) || originIn(text);
  const account = what === 'ids' ? '' : emailIn(text);
  return address === '' && account === '' ? undefined : { failed: true, account, address, what };
}

function ofLogin(line: LogLine, text: string): LoginAttempt | undefined {
  const { status: told, ...fields } = logFields(line);
  const event = eventIn(text);
  const said = `${wordsOf(fields, text)} ${event}`;
  const isDoor = LOGIN_PATH.test(text);
  const status = told || (isDoor ? Number(STATUS_BEHIND_REQUEST.exec(text)?.[1] ?? 0) : 0);
  const failed = (isDoor && (status === 401 || status === 403)) || FAILED.test(said) || EVENT_FAILED.test(event);
  const succeeded = !failed && ((isDoor && status >= 200 && status < 400 && status > 0) || SUCCEEDED.test(said));
  if ((!failed && !succeeded) || (failed && isOwnFault(said))) return undefined;
  // A line that counts many logins may name their origin without a word before it.
  const address = addressIn(text, line.labels) || (triesIn(text) === undefined ? '' : originIn(text));
  return { failed, account: accountIn(text), address, what: 'passwords' };
}

function isOwnFault(said: string): boolean {
  return ITS_OWN_FAULT.test(said) || NO_ENCRYPTION.test(said);
}

/** Where ids stand before the words, no field holds the words. */
function wordsOf({ message, error }: Readonly<Record<'message' | 'error', string>>, text: string): string {
  return message === '' && error === '' ? text.replace(PAIRS, '') : `${message} ${error}`;
}

const LONGEST_READ = 4_000;
/** `trace_id=66fd2f span_id=51a2 ` */
const PAIRS = /(?<![\w.])[\w.]{1,40}=[^\s=]{1,200}(?:\s|$)/g;

/**
 * The event's name, split into its words: `"event": "login_failed"`, Keycloak's `type="LOGIN_ERROR"`, Elastic's
 * `event.action` and `event.outcome`, Okta's `eventType` and `outcome.result`, CloudTrail's `eventName`.
 */
const EVENT =
  /["']?\b(?:event(?:[._]?(?:type|name|action|outcome|category))?|type|action|outcome|result)["']?\s?[=:]\s?["']?([a-z][\w.:-]{2,60})/gi;
const EVENT_FAILED =
  /\b(?:log ?in|log ?on|auth|authentication|sign ?in|console ?login|session start)\b.{0,40}\b(?:error|fail(?:ed|ure)?|denied|rejected)\b/i;

function eventIn(text: string): string {
  const names = [...text.matchAll(EVENT)].map(([, name = '']) => name);
  return names.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').replaceAll(/[_.:-]+/g, ' ')).join(' ');
}

/** A request to a login path: `POST /login`, `/api/v1/auth/token`. */
const LOGIN_PATH =
  /\bPOST\b.{0,20}\/[^\s"]{0,200}(?:log[_-]?in|sign[_-]?in|session|auth|token)\b|"?(?:path|url|uri|endpoint)"?\s*[:=]\s*"?\/[^\s"]{0,200}(?:log[_-]?in|sign[_-]?in|auth)\b/i;

/** `POST /login HTTP/1.1 401`, as frameworks log it. */
const STATUS_BEHIND_REQUEST = /HTTP\/\d(?:\.\d)?"?:? {1,3}(\d{3})\b/;

/** An IPv6 address in short has two colons together: a time has not. */
const ADDRESS = String.raw`(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?=[0-9a-f:]{0,37}::)[0-9a-f:]{3,39}`;
/** The client's address; it comes before other addresses in the line. */
const ADDRESS_NAMED = new RegExp(
  String.raw`\b(?:source_?ip|src_?ip|client_?ip|remote_?(?:addr|ip|host)|peer(?:_addr)?|x[_-]forwarded[_-]for|client(?:\.address)?|rhost|ip(?:_?address)?|addr(?:ess)?|from|host)["']?\s{0,8}[:= ]\s{0,8}["'\[(]?(${ADDRESS})`,
  'i',
);
const ADDRESS_ALONE = new RegExp(String.raw`(?<![\w.:])(${ADDRESS})(?![\w.]|:(?!\d{2,5}\b))`, 'i');

/** The address of the client that the line names; empty where it names none. */
export function addressIn(text: string, labels: LogLine['labels']): string {
  const [, named] = ADDRESS_NAMED.exec(text) ?? ADDRESS_ALONE.exec(text) ?? [];
  return named ?? labels.client_ip ?? labels.source_ip ?? labels.client_address ?? '';
}

const ACCOUNT_NAMED =
  /\b(?:user(?:_?name)?|account|login|email|user\.name|enduser\.id|principal|uid)["']?\s*[:=]\s*["'(]?([^\s"',;)(\]}]{1,80})/i;
/** `for alice from 192.0.2.5`, `of invalid user oracle from …` */
const ACCOUNT_BEFORE_ORIGIN =
  /\b(?:for|of|by|as) (?:(?:invalid|unknown|illegal) )?(?:(?:user|account) )?["'“]?([\w.@+\\-]{1,80})["'”]?\s+(?:from|at|on|via)\b/i;
const ACCOUNT_IN_TEXT = /\b(?:user|account)(?:\s+(?:id|name))?\s+["'“]?([\w.@+\\-]{1,80})["'”]?/gi;

function accountIn(text: string): string {
  const [, named] = ACCOUNT_NAMED.exec(text) ?? [];
  if (named !== undefined) return named;
  const [, before] = ACCOUNT_BEFORE_ORIGIN.exec(text) ?? [];
  if (before !== undefined && !NO_ACCOUNT.test(before)) return before;
  for (const [, name = ''] of text.matchAll(ACCOUNT_IN_TEXT))
    if (!NO_ACCOUNT.test(name)) return name.replace(/\.$/, '');
  return '';
}

/** Words that may stand in the place of a name. */
const NO_ACCOUNT =
  /^(?:failed|failure|from|for|login|logged|user|account|ids?|names?|attempt|not|with|password|was|is|has|in|and|or|the|a|locked|unknown|invalid)$/i;
