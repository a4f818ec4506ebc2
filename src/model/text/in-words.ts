/**
 * Names and messages as parts of an answer's first line, which is read on a phone: short, without brackets and ids.
 */
import { cutFirstLine, cutLine, cutText } from '#model/text/cut-text.ts';

/** Longer names leave no room for the reason. In characters. A headline that is too long shortens its names further. */
const LONGEST_NAME = 60;
const LONGEST_QUOTE = 60;
/** Enough to find the part that people read. */
const READ = 400;

/** Trace ids, span ids, UUIDs and digests: nobody reads them. */
const ID = /\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[0-9a-f]*\d)[0-9a-f]{16,})\b…?/gi;

/** A word, or several with hyphens: `cart`, `user-service`, `Checkout`; and what begins like a sentence: `wait for top:10`. */
const LIKE_WORDS = /^(?:[a-z]+(?:[- ][a-z]+)*|[A-Z][a-z]+|(?!get |put |post |patch |head |delete )[a-z]+ [a-z]+ .*)$/;

/** The address of a service in Kubernetes, as Envoy names spans by it: the service is the first part. */
const OF_CLUSTER = /(?<![\w.-])([\w-]{1,63})\.[\w-]{1,63}\.svc(?:\.cluster\.local)?\b(?::\d{1,5})?(?:\/\*)?/g;

/** A service, an operation, a table. It stands in backticks only where it could be mistaken for words. */
export function inWords(name: unknown): string {
  const own = withoutIds(cutLine(String(name ?? ''), READ)).replace(OF_CLUSTER, '$1');
  const bare = withoutIds(cutText(withoutBrackets(own), LONGEST_NAME));
  return LIKE_WORDS.test(bare) ? `\`${bare}\`` : bare;
}

/** A message in quotes, up to its second number; empty where there is none. */
export function quoteInWords(message: unknown): string {
  const [line = ''] = withoutBrackets(unwrapped(withoutIds(cutFirstLine(String(message ?? ''), READ)))).split(/[“”]/);
  const said = withoutIds(withOneNumber(shortMessage(line.trim(), LONGEST_QUOTE)));
  // A few letters before a cut say nothing.
  return said === '' || (said.endsWith('…') && said.length < SHORTEST_CUT) ? '' : `“${said}”`;
}

/** `resource=[items.csv]` → `resource=items.csv`, and a message that stands in brackets as a whole without them. */
function unwrapped(message: string): string {
  return message.replace(/^\(([^()]*)\)$/, '$1').replace(/(?<==)[([]([^()[\]]*)[)\]]/g, '$1');
}

/** In characters. */
const SHORTEST_CUT = 10;

/**
 * At most so many characters of a message. What went wrong stands at the end where a program puts its own words before an
 * error that it passes on, else at the beginning:
 *
 *   Post "http://pricing:8080/price": read tcp 10.1.4.2:51324->10.1.9.8:8080: read: connection reset by peer
 *     → read: connection reset by peer
 *   django.db.utils.ProgrammingError: column staff.badge_no does not exist   → column staff.badge_no does not exist
 */
function shortMessage(message: string, most: number): string {
  if (message.length <= most) return message;
  const inner = IN_JSON.exec(message)?.[2] ?? INNER.exec(message)?.[1];
  const parts = (inner ?? message).split(': ');
  const names = parts.findIndex((part, at) => at === parts.length - 1 || !ERROR_NAME.test(part));
  const said = parts.slice(names);
  const whole = said.join(': ');
  if (whole.length <= most) return balanced(whole);
  // Numbers at the end are details of the error before them.
  const error = said.slice(0, said.findLastIndex((part, at) => at === 0 || !/\d/.test(part)) + 1);
  const isPassedOn = error.every((part) => PASSED_ON.test(part)) || /["'’]$|\/\S{1,60}$/.test(error.at(-2) ?? '');
  const ends = error.map((_, at) => balanced(error.slice(at).join(': ')));
  const end = /[{}]/.test(whole) ? undefined : ends.find((text) => text.length < most);
  if (!isPassedOn || end === undefined || end.length < SHORTEST_END) return atClause(whole, most);
  return error.length < said.length ? `${end}…` : end;
}

/** Where an error holds another one: `nested exception is …`, `rpc error: code = X desc = …`, `{"message": "…"}`. */
const INNER = /(?:nested exception is |\bdesc = "?)(.{10,})/s;
const IN_JSON = /["'](?:message|msg|reason)["']: ?(["'])((?:(?!\1).){10,300})/;

/** In characters: `no such host`, but not `not found` or `EOF`. */
const SHORTEST_END = 12;

/** Names of errors, statuses and levels: `java.io.IOException`, `PG::UndefinedColumn`, `14 UNAVAILABLE`, `ERROR`. */
const ERROR_NAME = /^(?:[\w.$:\\-]{1,100}(?:Error|Exception|Fault|Panic|::\w{1,60})|(?:\d{1,3} )?[A-Z][A-Z_]{2,40})$/;
/** Errors that a program passes on begin with a small letter, or with the request that failed. */
const PASSED_ON = /^(?:\p{Ll}|[A-Z][a-z]{2,7} "https?:)/u;

/** Without a quotation mark whose other one was cut off, and without what leads to more. */
function balanced(text: string): string {
  const plain = text.replace(/(?<![\s:;,])[\s:;,]+$/, '');
  return (plain.match(/"/g)?.length ?? 0) % 2 === 0 ? plain : plain.replace(/"(?=[^"]*$)/, '');
}

/** Cut at the end of a clause where one ends in the second half, else between two words. */
function atClause(text: string, most: number): string {
  const cut = cutText(text, most);
  if (cut === text) return cut;
  const ends = [...cut.matchAll(/[,;.] | - |: /g)].map(({ index }) => index).filter((index) => index >= most / 2);
  const end = ends.at(-1) ?? cut.lastIndexOf(' ');
  return end < most / 2 ? cut : `${withoutLooseEnd(cut.slice(0, end))}…`;
}

/** Words that need another one after them. */
const LOOSE_END =
  /[….,:;–-]$|(?<![\w'’-])(?:an?|and|as|at|because|but|by|does|for|from|has|have|in|into|is|its|nor|of|on|or|perhaps|than|that|the|to|was|were|while|which|with|within)$|(?<![\w'’-])(?<!\b(?:are|can|could|did|do|does|has|have|is|was|were|will) )not$|(?<![\w'’-])(?<!\b(?:as|than) )before$/i;
/** More loose words in a row are no sentence. */
const MOST_LOOSE = 8;

/** A text without what needs more words: `waits 600 ms for the` becomes `waits 600 ms`. */
export function withoutLooseEnd(text: string): string {
  let kept = text.trimEnd();
  for (let word = 0; word < MOST_LOOSE; word += 1) {
    const end = LOOSE_END.exec(kept);
    if (end === null) return kept;
    kept = kept.slice(0, end.index).trimEnd();
  }
  return kept;
}

/** Whether a line ends as a sentence does: not with a cut, a comma, or a word that needs another one. */
export function endsAsSentence(line: string): boolean {
  return !LOOSE_END.test(line);
}

/** A text with one quote, the quote shortened by so many characters, between two words; undefined where too little is left. */
export function withShorterQuote(text: string, less: number): string | undefined {
  const [from, to] = [text.indexOf('“'), text.lastIndexOf('”')];
  const said = text.slice(from + 1, to);
  const most = said.replace(/…$/, '').length - less - 1;
  if (from < 0 || to < from || most < SHORTEST_QUOTE) return undefined;
  return `${text.slice(0, from + 1)}${shortMessage(said.replace(/…$/, ''), most)}${text.slice(to)}`;
}

/** A shorter quote shows nothing. */
const SHORTEST_QUOTE = 20;

export function withoutIds(text: string): string {
  return text.replace(ID, '…');
}

/** Parentheses and square brackets go with what they hold. The braces of a route's parameters stay. */
export function withoutBrackets(text: string): string {
  return text
    .replaceAll('`', '')
    .replace(/(?<!\s)\s*[([][^()[\]]*[)\]]/g, '')
    .replace(/[()[\]]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Quantities: not the digits of names, versions, paths and addresses (`10.4.0.1` is a name). `3 of 12` and `2 min 5 s` are one each. */
const NUMBER =
  /(?<![\w.\-/:+@#“])(?!\d{1,3}(?:\.\d{1,3}){3}\b)\d+(?:[.,:]\d+)*(?:\s?(?:h|min|ms|s|µs|%)\b)?(?:\s(?:of|\/)\s(?:the\s)?\d+(?:[.,]\d+)*)?(?:\s\d+\s?(?:min|s)\b)?(?![\w/-])/g;

export function numbersIn(text: string): number {
  return [...text.matchAll(NUMBER)].length;
}

/** Cut before its second number. */
export function withOneNumber(text: string): string {
  const [, second] = [...text.matchAll(NUMBER)];
  if (second === undefined) return text;
  return `${withoutLooseEnd(text.slice(0, second.index).replace(/(?<![\s,;:–-])[\s,;:–-]+$/, ''))}…`;
}

const TIMES = ['', '', 'twice', 'three times', 'four times', 'five times', 'six times', 'seven times', 'eight times'];

/** `four times as long as`; `longer than` where the factor is below 1.75. */
export function timesAsLong(factor: number): string {
  return factor >= 1.75 ? `${TIMES[Math.round(factor)] ?? 'many times'} as long as` : 'longer than';
}
