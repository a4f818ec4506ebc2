/**
 * New complaints of a log since something went wrong: their words, which may stand in code as well, the names that they
 * quote, the numbers that they repeat, and the kind of failure.
 */

import { serviceKey } from '#model/incident/alert-service.ts';
import { tellsOfFailure } from '#model/logs/log-failure.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import type { LogTemplate, LogTemplates } from '#model/logs/log-templates.ts';
import { codeWords, isCompound, tellingNumbers } from '#model/text/code-words.ts';

/** Kinds of failures by their words. Each has its own causes. */
export type FailureKind =
  | 'timeout'
  | 'missing'
  | 'null'
  | 'memory'
  | 'slow'
  | 'capacity'
  | 'refused'
  | 'access'
  | 'format'
  | 'unresolved'
  | 'untrusted'
  | 'index'
  | 'read-only';

export type Complaint = Readonly<{
  /** When it began: the first of its lines, without stray messages. */
  firstUs: number;
  services: ReadonlySet<string>;
  /** The share of its lines with each word, 0 to 1; without words of healthy lines and names of services. */
  words: ReadonlyMap<string, number>;
  /** Words in quotes or brackets. */
  quoted: ReadonlySet<string>;
  /** Numbers that nearly every line of a message repeats. */
  numbers: ReadonlySet<string>;
  /** Files of code, in lower case, and places in them: `cart.go` and `cart.go:14`. */
  files: ReadonlySet<string>;
  /** The original messages, in lower case. */
  text: string;
  kinds: ReadonlySet<FailureKind>;
  /** The one record that nearly all lines name. */
  record: string;
  /** A host outside of these services that answers badly; empty where none is named. */
  outsider: string;
  /** A node, not a service. */
  isOfNode: boolean;
  lines: number;
  /** The first line of each message, by its position; the most frequent message first. */
  examples: readonly number[];
}>;

export const FAILURE_KINDS: Readonly<Record<FailureKind, RegExp>> = {
  timeout: /time[d]?[ _-]?out|deadline|cancell?ed|took too long|expired|\blate\b/i,
  missing:
    /not found|does not exist|doesn't exist|no such|unknown|undefined (?:method|function|variable|symbol)|unresolved|missing|unrecogni[sz]ed|no \w+ found|cannot find|could not find|not registered|not defined|\b404\b|NoSuch(?:Method|Field)|ClassNotFound|NoClassDefFound|ModuleNotFound|\bKeyError\b|KeyNotFound/i,
  null: /nil pointer|null ?pointer|nullreference|NoneType|of (?:undefined|null)|undefined is not|null is not|unwrap\(\)|on a None|segmentation|panic|out of (?:bounds|range)|IndexOutOfBounds|NoSuchElement|no value present|empty (?:list|sequence|collection|slice|array)|sequence contains no/i,
  memory: /out ?of ?memory|\boom|heap|\bgc\b|memory|evicted/i,
  slow: /slow|latency|duration|p9[59]|took \d|exceeded \d+ ?m?s|stall|delay/i,
  // Cassandra, Kafka and Elasticsearch refuse where too few replicas run.
  capacity:
    /not ?enough ?(?:in-?sync |active )?(?:replicas|copies)|throttl|rate.?limit|rate.?exceeded|too ?many|quota|capacity|throughput|overload|saturat|exhaust|queue|backlog|\b429\b|limit (?:is |was |has been )?(?:reached|exceeded)|limit ?(?:reached|exceeded)|\bexceed(?:s|ed|ing)? .{0,40}\b(?:limit|limitation|maximum)|\bmaximum .{0,40}\b(?:reached|exceeded)|insufficient (?:resources|storage|memory|space)|\bshed(?:ding|s)?\b|\btemporary failure\b(?! in name)|\be?tmp_?fail|too ?busy|full\b/i,
  refused:
    /refused|reset by peer|\bE(?:CONN(?:RESET|REFUSED|ABORTED)|(?:HOST|NET)UNREACH)\b|socket hang up|unreachable|pool|no route|broken pipe|too many open|file descriptor|connection/i,
  access:
    /unauthori[sz]ed|forbidden|denied|permission|\b40[13]\b|invalid ?(?:token|signature|credential|api key)|\bjwt\b|certificate|x509|UnknownIssuer|unknown (?:issuer|authority)|\btls\b|authenticat/i,
  format:
    /pars(?:e|ing)|unmarshal|deseriali|decod|schema|unexpected (?:token|type|end)|invalid (?:type|format|value|json|character)|type ?error|(?:can't|cannot|could not|failed to) (?:be )?convert|bad (?:int64|float64|numeric|bignumeric|double|bool|date|datetime|timestamp) value|cast|constraint|column|relation|mapping|malformed|invalid (?:input syntax|text representation)|bad request|unprocessable|must be (?:of type|an instance of)|unexpected keyword argument|required positional argument|is not a (?:valid |known )?\w|invalid value|no enum constant|for input string|numberformat|cannot (?:decode|deserialize)|does not match format|too (?:few|many) arguments|wrong number of arguments|argument type mismatch|\bvalidation ?(?:error|failed|failure)|(?:input )?should be a valid \w/i,
  // getaddrinfo(3), the resolvers of Node.js, Go, Java, Python, curl, gRPC, and the codes of RFC 1035.
  unresolved:
    /\bEAI_\w+|\bENOTFOUND\b|name resolution|no such host|could not resolve|name or service not known|UnknownHost|\bNXDOMAIN\b|\bSERVFAIL\b|nodename nor servname|server misbehaving|\bproduced zero addresses\b/i,
  // A certificate whose issuer nobody knows: Java, Go, OpenSSL and what is built on it, Node.js, rustls, .NET.
  untrusted:
    /PKIX path building failed|unable to find valid certification path|unknown (?:certificate )?authority|\bunknown[ _]?ca\b|\bUnknownIssuer\b|unable to get (?:local )?issuer certificate|unable to verify the first certificate|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT\w{0,10})|self[- _]signed[- _]cert\w{0,10}|CERTIFICATE_VERIFY_FAILED|\b(?:PartialChain|UntrustedRoot|RemoteCertificateChainErrors)\b/i,
  // Java, .NET, Python, Ruby, Go, Rust, Elixir, Haskell, PHP, C++.
  index:
    /\b(?:index|bounds|slice|array|list|string|position)\b.{0,40}\bout of (?:bounds|range)|OutOf(?:Bounds|Range)|IndexOutOf|\bIndexError\b|undefined (?:offset|array key)|sequence contains no|\bStopIteration\b|NoSuchElement|\b(?:empty|head of empty|first of empty|from an empty) (?:list|sequence|collection|slice|array|iterator)|\bEnum\.(?:EmptyError|OutOfBoundsError)|vector::_M_range_check/i,
  // PostgreSQL 25006, MySQL 1290 and 1836, Redis READONLY, MongoDB 10107 and 13435, SQL Server 3906, SQLite 8, ORA-16000.
  'read-only':
    /database is read-?only|readonly database|open for read-only|read-only (?:transaction|replica|mode)|--(?:super-)?read-only option|\bREADONLY\b|NotWritablePrimary|not (?:master|primary)\b|hot standby/i,
};

/** How many lines of each message are read for their words. */
const READ = 20;
const MOST_MESSAGES = 50;
/** As a share of a message's lines: a word in fewer lines varies. */
const NEARLY_ALL = 0.8;

/** Undefined where the log has no new complaint. `healthy`: lines of a baseline, where some were read. */
export function newComplaint(
  logs: readonly LogLine[],
  templates: LogTemplates,
  {
    healthy,
    fromUs,
    services,
  }: Readonly<{ healthy: readonly LogLine[] | undefined; fromUs: number; services: ReadonlySet<string> }>,
): Complaint | undefined {
  const healthyUntilUs = fromUs - unsureUs(healthy ?? []);
  const isHealthy = (line: LogLine) => !(epochUsOf(line) >= healthyUntilUs && epochUsOf(line) < fromUs);
  const messages = templates.all.flatMap((template): Message[] => {
    const places = templates.linesOf(template);
    const own = places.filter((place) => place < logs.length && isComplaint(template, logs[place]));
    const early = places.flatMap((place) => healthy?.[place - logs.length] ?? []).filter((line) => !isHealthy(line));
    const said = own.length + early.length;
    const isNew = healthy === undefined ? isLate(own, logs.length) : said === places.length;
    const first = early[0] ?? logs[own[0] ?? 0];
    return own.length > 0 && first && isNew ? [{ template, places: own, firstUs: epochUsOf(first) }] : [];
  });
  return messages.length === 0
    ? undefined
    : complaintOf(logs, messages.slice(0, MOST_MESSAGES), (healthy ?? []).filter(isHealthy), services);
}

/**
 * The complaint of one request: the texts of its failed or slow spans and of its failing lines. `services`: names that
 * are no words of it; `usual`: words of healthy lines; `frames`: lines of a stack trace, which name files of code.
 */
export function requestComplaint(
  texts: readonly string[],
  {
    atUs,
    services,
    usual,
    frames = [],
  }: Readonly<{
    atUs: number;
    services: ReadonlySet<string>;
    usual: ReadonlySet<string>;
    frames?: readonly string[];
  }>,
): Complaint | undefined {
  const read = [...new Set(texts)].slice(0, MOST_MESSAGES).map((text) => text.slice(0, LONGEST));
  if (read.length === 0) return undefined;
  const names = new Set(
    [...services].flatMap((service) => [...codeWords(service), service.toLowerCase(), serviceKey(service)]),
  );
  const quoted = new Set(read.flatMap(quotedWords));
  const isOwn = (word: string) => !names.has(word) && (!usual.has(word) || (isCompound(word) && quoted.has(word)));
  return {
    firstUs: atUs,
    services: new Set(),
    words: new Map(
      read
        .flatMap(codeWords)
        .filter(isOwn)
        .map((word) => [word, 1]),
    ),
    quoted: new Set([...quoted].filter(isOwn)),
    numbers: new Set(read.flatMap(tellingNumbers)),
    files: new Set([...read, ...frames].flatMap(filesIn)),
    text: read.join('\n').toLowerCase(),
    kinds: kindsIn(read),
    record: '',
    outsider: outsiderIn(read, services),
    isOfNode: read.some((text) => NODE.test(text)),
    lines: read.length,
    examples: [],
  };
}

const UNSURE_US = 30_000_000;
const UNSURE_SHARE = 0.1;

/**
 * The time right before the window may contain the problem already: a line is written immediately, and by another
 * clock.
 */
function unsureUs(healthy: readonly LogLine[]): number {
  const [first, last] = [healthy[0], healthy.at(-1)];
  return first && last ? Math.min(UNSURE_US, UNSURE_SHARE * (epochUsOf(last) - epochUsOf(first))) : 0;
}

/** `places`: the positions in the window. */
type Message = Readonly<{ template: LogTemplate; places: readonly number[]; firstUs: number }>;

function isComplaint({ level }: LogTemplate, line: LogLine | undefined): boolean {
  if (line === undefined) return false;
  const known = logLevel(line.level) || logLevel(level);
  if (severityOf(known) === WARN && announcesEnd(line)) return false;
  return known === '' ? tellsOfFailure(line) : severityOf(known) >= WARN;
}

/** What will end one day works today. */
const ANNOUNCES = /\bdeprecat(?:ed|ion)|\bwill (?:soon )?be (?:removed|dropped|unsupported|retired)|\bis obsolete\b/i;

/** PHP's E_DEPRECATED, Symfony, Python's DeprecationWarning, Node.js, Rails: the line says that it still works. */
export function announcesEnd({ line }: LogLine): boolean {
  return ANNOUNCES.test(line.slice(0, LONGEST));
}

/** Without a baseline: messages that occur from the beginning on are not new. */
function isLate(places: readonly number[], lines: number): boolean {
  return (places[0] ?? 0) >= lines / 10;
}

function complaintOf(
  logs: readonly LogLine[],
  messages: readonly Message[],
  healthy: readonly LogLine[],
  services: ReadonlySet<string>,
): Complaint {
  const places = messages.flatMap((message) => message.places);
  const usual = new Set([
    ...healthy.slice(0, HEALTHY_READ).flatMap(({ line }) => codeWords(line)),
    ...[...services].flatMap((service) => [...codeWords(service), service.toLowerCase()]),
  ]);
  const { words, quoted, numbers, files } = saidBy(logs, messages, places.length);
  for (const word of usual) if (!isQuotedName(word, quoted)) words.delete(word);
  const texts = messages.flatMap(({ places: [first] }) => logs[first ?? 0]?.line.slice(0, LONGEST) ?? []);
  const all = places.flatMap((place) => logs[place] ?? []);
  return {
    firstUs: beganUs(messages),
    services: new Set(all.map(({ service }) => service)),
    words,
    quoted: new Set([...quoted].filter((word) => !usual.has(word) || isCompound(word))),
    numbers,
    files,
    text: texts.join('\n').toLowerCase(),
    kinds: kindsIn(texts),
    record: recordIn(all),
    outsider: outsiderIn(texts, services),
    isOfNode: texts.some((text) => NODE.test(text)),
    lines: places.length,
    examples: messages.flatMap(({ places: [first] }) => first ?? []),
  };
}

/** As a share of the most frequent message: a stray warning is older than most problems, and dates none. */
const DATES = 0.05;

/** The first line of any message that is no stray one beside the most frequent message. */
function beganUs(messages: readonly Message[]): number {
  const most = Math.max(...messages.map(({ places }) => places.length));
  const dating = messages.filter(({ places }) => places.length >= DATES * most);
  return Math.min(...dating.map(({ firstUs }) => firstUs));
}

function saidBy(logs: readonly LogLine[], messages: readonly Message[], all: number) {
  const words = new Map<string, number>();
  const [quoted, numbers, files] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const { places } of messages) {
    const lines = places.slice(0, READ).flatMap((place) => logs[place] ?? []);
    const texts = lines.map(({ line }) => line.slice(0, LONGEST));
    const share = places.length / all / lines.length;
    for (const word of texts.flatMap((text) => [...new Set(codeWords(text))]))
      words.set(word, (words.get(word) ?? 0) + share);
    for (const word of lines.slice(0, 1).flatMap((line) => quotedWords(logMessage(line)))) quoted.add(word);
    for (const number of repeated(texts.map(tellingNumbers))) numbers.add(number);
    for (const file of texts.slice(0, 1).flatMap(filesIn)) files.add(file);
  }
  return { words, quoted, numbers, files };
}

const HEALTHY_READ = 5_000;
const LONGEST = 4_000;
const NODE =
  /\bnode (?:\S{1,80} )?(?:under|has|is|not)\b|NodeNotReady|NodeUnder|DiskPressure|MemoryPressure|noisy neighbou?r|preempt|spot instance|hypervisor|kernel:/i;

/** A quoted name counts even if a healthy line names it too. */
function isQuotedName(word: string, quoted: ReadonlySet<string>): boolean {
  return isCompound(word) && quoted.has(word);
}

const QUOTED = /"([^"\n]{2,120})"|'([^'\n]{2,120})'|`([^`\n]{2,120})`|\[([A-Za-z_][^\]\n]{1,120})\]/g;
/** More words are a sentence, or a whole document. */
const QUOTED_WORDS = 6;

function quotedWords(message: string): string[] {
  return Array.from(
    message.replaceAll('\\"', '"').matchAll(QUOTED),
    (found) => found.slice(1).find((text) => text !== undefined) ?? '',
  )
    .filter((text) => text.split(/\s+/).length <= QUOTED_WORDS)
    .flatMap((text) => [...codeWords(text), text.toLowerCase()]);
}

function repeated(numbers: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>();
  for (const own of numbers) for (const number of new Set(own)) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= NEARLY_ALL * numbers.length).map(([number]) => number);
}

const FILE = /[\w-]{1,80}\.(?:go|java|kt|py|js|jsx|ts|tsx|rb|cs|rs|php|scala|c|cc|cpp|ex|swift|sql|ya?ml)\b/gi;

/** `Cart.java:33`, and Python's `File "cart.py", line 33`. */
const FILE_LINE =
  /([\w-]{1,80}\.(?:go|java|kt|py|js|jsx|ts|tsx|rb|cs|rs|php|scala|c|cc|cpp|ex|swift))(?:"?, line |:line |:)(\d{1,6})\b/gi;

function filesIn(line: string): string[] {
  const places = Array.from(line.matchAll(FILE_LINE), ([, file = '', at = '']) => `${file}:${at}`);
  return [...(line.match(FILE) ?? []), ...places].map((one) => one.toLowerCase());
}

/** Uses the messages that make up most of it, so that one stray line does not make it a failure of every kind. */
function kindsIn(texts: readonly string[]): ReadonlySet<FailureKind> {
  return new Set(
    (Object.keys(FAILURE_KINDS) as FailureKind[]).filter((kind) =>
      texts.slice(0, KINDS_READ).some((text) => FAILURE_KINDS[kind].test(text)),
    ),
  );
}

const KINDS_READ = 10;
/** One record that fails again and again gives this many lines. */
const FEWEST_OF_RECORD = 5;
/** `message` and `event` alone hold the text of a line. */
const RECORD =
  /\b((?:(?:message|msg|event)[_.-]?(?=id|key|no|number|uuid)|record|order|job|task|item|document|doc|row|user|customer|account|tenant|payload|batch|object|entity|offset|partition_key|key|sku|file|path)(?:[_.-]?(?:id|key|no|number|name|uuid))?)["']?\s{0,2}[=:]\s{0,2}["']?([\w./-]{4,80})/gi;

/** `record_id=geo-41`: a value in nearly all lines, although it names one thing of many. */
export function recordIn(lines: readonly LogLine[]): string {
  const counts = new Map<string, number>();
  const errors = lines.filter(({ level }) => severityOf(logLevel(level)) > WARN);
  const read = (errors.length >= FEWEST_OF_RECORD ? errors : lines).slice(0, HEALTHY_READ);
  if (read.length < FEWEST_OF_RECORD) return '';
  for (const { line } of read) {
    const named = new Set(
      Array.from(line.slice(0, LONGEST).matchAll(RECORD), ([, , value = '']) => value).filter(isOneOfMany),
    );
    for (const value of named) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return most !== undefined && most[1] >= NEARLY_ALL * read.length ? most[0] : '';
}

/** Mixed letters and digits, or many digits: no name of a kind, and no version of an interface (`/v1/`, `.v1.`). */
function isOneOfMany(value: string): boolean {
  const own = value.replace(/(?<![\w-])v\d{1,3}(?![\w-])/g, '');
  return (/\d/.test(own) && /[a-z]/i.test(own) && !/^v\d/.test(own)) || /^\d{5,}$/.test(own);
}

const HOST = /\b((?:[a-z0-9-]{1,63}\.){1,6}(?:com|net|org|io|dev|cloud|eu|de|uk|app|ai|co))\b(?!\.[a-z])/gi;
const ANSWERS_BADLY = /\b5\d\d\b|unavailable|timed? ?out|refused|internal ?error|overloaded|slow ?down|outage|resolve/i;

/**
 * What looks like a host in code: an attribute (`self.app`, `this.net`), paths of modules in Go's stacks, and pages about
 * an error, as SQLAlchemy and Prisma name them.
 */
const OF_CODE =
  /\b(?:self|this|cls|super|org|com)\.[\w.]{1,80}|\b(?:github\.com|gitlab\.com|golang\.org|gopkg\.in|google\.golang\.org|go\.uber\.org|k8s\.io)\/[\w./@-]{1,200}|\((?:more info|background on this error|see|docs?|read more)[^)\n]{0,40}https?:[^)\s]{1,200}|https?:\/\/(?:pris\.ly|sqlalche\.me|go\.microsoft\.com|docs\.[\w.-]{1,80})[^\s)]{0,200}|\b(?:see|visit|documentation(?: at)?|more (?:info|information|details)(?: at)?)[:,]? https?:[^\s)]{1,200}|https?:\/\/[\w.-]{1,80}\/(?:[\w-]{1,30}\/){0,2}docs?\/[^\s)]{0,200}/gi;

function outsiderIn(texts: readonly string[], services: ReadonlySet<string>): string {
  for (const text of texts) {
    if (!ANSWERS_BADLY.test(text)) continue;
    const host = Array.from(text.replaceAll(OF_CODE, ' ').matchAll(HOST), ([, name = '']) => name).find(
      (name) =>
        !/\.(?:svc|cluster|local|internal)\b/.test(name) &&
        ![...services].some((service) => service !== '' && name.startsWith(`${service}.`)),
    );
    if (host !== undefined) return host.toLowerCase();
  }
  return '';
}
