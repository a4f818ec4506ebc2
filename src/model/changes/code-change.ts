/**
 * What a diff does, as far as its text shows, in any language: which words it removes or adds, which limits it changes,
 * which guards it drops, whether it moves a call into a loop, whether it stores data that it never releases. It is no
 * parser: lines, words, literals and indents are enough for a suspicion, and nothing here is proof.
 *
 *  -  ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
 *  +  ctx, cancel := context.WithTimeout(ctx, 300*time.Millisecond)        a limit went from 5,000 to 300
 */
import { type Limit, limitsIn } from '#model/changes/changed-limits.ts';
import { outlivesRequest } from '#model/changes/code-effects.ts';
import { changesContacts } from '#model/changes/contacts.ts';
import { type DiffLine, diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { type DroppedIndex, droppedIndexes } from '#model/changes/dropped-indexes.ts';
import { callsUnderLock } from '#model/changes/held-locks.ts';
import { heldCalls, movedIntoTransaction } from '#model/changes/held-transactions.ts';
import { isDynamicPart } from '#model/changes/template-parts.ts';
import { codeWords, tellingNumbers } from '#model/text/code-words.ts';

export type CodeChange = Readonly<{
  /** Only tests, documents, styles or lists of owners. */
  isHarmless: boolean;
  /** Only log lines, counters and spans. */
  isInstrumented: boolean;
  /** Only addresses of people. */
  isOfContacts: boolean;
  /** Only versions of dependencies. */
  isOfVersions: boolean;
  /** The same literals and guards stand elsewhere now: its limits are unchanged. */
  isRearranged: boolean;
  /** The same statements that lock rows stand in another order, or what they lock is no longer sorted. */
  movesLocks: boolean;
  /** What it opens and never closes; empty where it opens nothing. */
  opensOnly: string;
  /** Dependencies whose version it changes. */
  versions: readonly VersionChange[];
  /** Words that occur more or less often now; moved ones cancel out. */
  words: ReadonlySet<string>;
  /** Words that occur less often now. */
  fewer: ReadonlySet<string>;
  /** Words of the changed paths. */
  pathWords: ReadonlySet<string>;
  /** Quoted texts that it adds or removes. */
  texts: readonly string[];
  /** Numbers that it adds or removes. */
  numbers: ReadonlySet<string>;
  /** Names of functions and files around it. */
  places: ReadonlySet<string>;
  limits: readonly Limit[];
  guardsGone: number;
  /** Removed statements that only called these functions. */
  callsGone: readonly string[];
  /** New calls inside of a loop. */
  callsInLoop: readonly string[];
  /** Collections that it fills and never empties. */
  grows: readonly string[];
  closesGone: boolean;
  /** Database indexes that it drops, and does not make again. */
  indexesGone: readonly DroppedIndex[];
  /** Calls of an ORM that load related rows with the first query, and that it removes. */
  eagerGone: readonly string[];
  /** It changes a prefix, a namespace or a version in the keys of a cache. */
  movesCacheKeys: boolean;
  /** It changes which image a container runs, or with which secret it is pulled. */
  movesImage: boolean;
}>;

/** `isMajor`: the first number differs, which may break what used it (semver.org). */
export type VersionChange = Readonly<{ name: string; before: string; after: string; isMajor: boolean }>;

const HARMLESS =
  /(?:^|\/)(?:tests?|__tests__|specs?|testdata|fixtures|__mocks__|docs?|examples?|\.github|\.circleci|\.buildkite|\.vscode|\.idea)\/|(?:[._-](?:tests?|spec|stories)|Tests?)\.\w{1,5}$|(?:^|\/)test_\w+\.py$|\.(?:md|mdx|rst|adoc|css|scss|sass|less|svg|png|jpe?g|gif|ico|woff2?)(?:\.[jt]s)?$|(?:^|\/)robots\.txt$|(?:^|\/)(?:(?:README|CHANGELOG|LICENSE|CODEOWNERS|AUTHORS|OWNERS)(?:\.\w{1,8})?$|\.gitignore|\.editorconfig|\.prettierrc|\.eslintrc|\.golangci\.ya?ml|biome\.json|\.(?:gitlab-ci|travis|drone)\.ya?ml$|(?:azure|bitbucket)-pipelines\.ya?ml$|Jenkinsfile$)/i;
/** Texts that a program gives to a language model: https://docs.github.com/copilot/concepts/prompting, https://agents.md */
const GIVEN_TO_MODEL =
  /(?:^|\/)(?:prompts?|agents?|skills|instructions|system[-_]messages?)\/(?:[\w.-]{1,80}\/){0,4}(?!README\b)[\w.-]{1,80}\.mdx?$|[._-]prompts?\.mdx?$/i;
const VERSIONS =
  /(?:^|\/)(?:go\.(?:mod|sum)|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|poetry\.lock|requirements[\w-]*\.txt|composer\.(?:json|lock)|gradle\.lockfile|uv\.lock)$/i;

/** Dashboards and rules of alerts look at services, and no service reads them. Translations are texts. */
const WATCHES =
  /(?:^|\/)(?:(?<!(?:^|\/)models\/)staging|sandbox|on-?call|pager-?duty|dashboards?|alerts?|alerting|alert[-_]rules|prometheus[-_]?rules|runbooks?)\/|(?:^|\/)(?:alerts?|alerting|dashboards?)[\w.-]{0,40}\.(?:ya?ml|json)$|(?:^|\/)(?:i18n|l10n|locales?|translations?)\/.{0,200}\.(?:json|ya?ml|po|pot|xliff?|properties|arb|strings)$|(?:^|\/)[a-z]{2}(?:[-_][A-Z]{2})?\.json$|\.(?:po|pot|xliff?|arb|resx|resw|strings|stringsdict|ftl)$|(?:^|\/)(?:messages|translations?|labels)_[a-z]{2}(?:_[A-Z]{2})?\.properties$/i;
/** Pages and the components that draw them. */
const PAGE = /\.(?:html?|[jt]sx|vue|svelte|erb|hbs|mustache|twig|jinja2?|blade\.php|cshtml)$/i;
/** Templates and scripts run; plain markup does not. */
const RUNS = /\{[{%]|<%|<\?|<script|\$\{|\bng-|\bv-|th:|hx-|@click|onclick/i;
/** A comment of a table or a column: no statement reads it. */
const COMMENT_ONLY = /^\s*COMMENT\s{1,8}ON\b/i;

/** In a table, a space is a part of the value. */
const TABLE = /\.(?:csv|tsv|psv|dat|txt)$/i;

/** The same code with other spaces, quotes, commas or ends of lines. */
function isSpacing(paths: readonly string[], changed: readonly DiffLine[]): boolean {
  if (paths.some((path) => TABLE.test(path))) return false;
  const side = (wanted: DiffLine['mark']) =>
    changed
      .filter(({ mark, text }) => mark === wanted && text !== '')
      .map(({ text, indent }) => `${indent} ${text.replaceAll(/[\s;,"'`]+/g, '')}`);
  return side('-').length > 0 && isSame(side('+'), side('-'));
}

/** A call that only tells what happens: Prometheus, OpenTelemetry, Micrometer, StatsD, loggers. */
const TELLS =
  /^[\w.$]{0,80}\b(?:log(?:ger|ging)?|console|slog|zap|metrics?|statsd|counters?|meter|registry|gauge|histogram|span|tracer)\b[\w.$]{0,80}[!?]?\(|\.(?:inc|increment|observe|setAttribute|set_attribute|addEvent)\(|\.Inc\(\)$/i;

/** Go's servers run inside the call that reports their end: `log.Fatal(http.ListenAndServe(…))`. */
const RUNS_INSIDE = /\blog\.(?:Fatal|Panic)(?:f|ln)?\(\s{0,3}[\w.]{1,80}\(/;

function isInstrumented(changed: readonly DiffLine[]): boolean {
  const lines = changed.filter(({ text }) => text !== '');
  return lines.length > 0 && lines.every(({ text }) => TELLS.test(text) && !RUNS_INSIDE.test(text));
}

/** A tag, an attribute with a constant, or words between tags. */
const TAG = /^<.{0,500}>$|^[\w-]{2,40}(?:=(?:"[^"{}]{0,200}"|\{\s?\d{1,6}\s?\}))?\s?\/?>?$/;
const TEXT = /^[\p{L}\p{N}\s"'’.,!?:…–-]{1,300}$/u;

function isMarkupLine({ text }: DiffLine): boolean {
  return !RUNS.test(text) && (TAG.test(text) || TEXT.test(text));
}

/** Texts are never null. */
const BLANK_VALUE = /[:=]\s{0,3}(?:null|nil|None|~)\s{0,3}[,}\]]?\s{0,3}[,}\]]?$/;

function isHarmlessPath(path: string): boolean {
  return (HARMLESS.test(path) && !GIVEN_TO_MODEL.test(path)) || WATCHES.test(path);
}

/** The forms in which certificates and keys are kept (RFC 7468, PKCS #12, Java's key stores). */
const OF_CERTIFICATES = /\.(?:pem|crt|cer|der|p12|pfx|jks|key|pub)$|(?:^|\/)ca-?(?:bundle|certificates)\b/i;

/** Whether nothing that runs or answers can depend on it. */
function isHarmless(paths: readonly string[], changed: readonly DiffLine[]): boolean {
  const lines = changed.filter(({ text }) => text !== '');
  if (lines.length > 0 && lines.every(({ text }) => COMMENT_ONLY.test(text))) return true;
  // What looks like a comment in a bundle of certificates says which ones it holds.
  if (changed.length > 0 && lines.length === 0) return !paths.some((path) => OF_CERTIFICATES.test(path));
  if (lines.length > 0 && lines.every(isOfBuildTool)) return true;
  const isBlank = lines.some(({ text }) => BLANK_VALUE.test(text));
  if (isBlank) return paths.length > 0 && paths.every((path) => HARMLESS.test(path));
  const isMarkup = lines.length > 0 && lines.every(isMarkupLine);
  const added = textOfMark(changed, '+');
  return (
    paths.length > 0 &&
    paths.every((path) => isHarmlessPath(path) || (isMarkup && PAGE.test(path) && !isDynamicPart(path, added)))
  );
}

/** `deploy/alerts/values.yaml` of a service named `alerts` holds no rules of alerts. */
function withoutName(path: string, service: string): string {
  return service === ''
    ? path
    : path
        .split('/')
        .map((part) => (part === service ? 'service' : part))
        .join('/');
}

/** Undefined where neither lines nor files are known: then nothing can be said about it. */
export function codeChangeOf({
  files,
  diff,
  service = '',
}: Readonly<{ files: readonly string[]; diff: string; service?: string }>): CodeChange | undefined {
  const lines = diffLines(diff);
  const named = [...new Set([...files, ...lines.flatMap(({ mark, text }) => (mark === 'file' ? [text] : []))])];
  const paths = named.map((path) => withoutName(path, service));
  const changed = lines.filter(({ mark }) => mark === '+' || mark === '-');
  if (changed.length === 0 && paths.length === 0) return undefined;
  const [added, removed] = [textOfMark(changed, '+'), textOfMark(changed, '-')];
  const [now, before] = [sideOf(added), sideOf(removed)];
  const guardsGone = guardsIn(removed) - guardsIn(added);
  const callsInLoop = loopCalls(lines, before.counts);
  const grows = growingIn(lines);
  const newValues = settingValues(removed, added);
  const held = [heldCalls, movedIntoTransaction, callsUnderLock].flatMap((callsIn) => callsIn(lines));
  const isHeld = held.length > 0 || outlivesRequest({ added, removed });
  const closesGone =
    (removed.match(CLOSE) ?? []).length > (added.match(CLOSE) ?? []).length || isNoLongerScoped(removed, added);
  const isSafe = guardsGone <= 0 && callsInLoop.length === 0 && grows.length === 0 && !isHeld && !closesGone;
  const movesLocks = isOtherOrder(locksIn(removed), locksIn(added)) || isUnsorted(removed, added);
  const isMoved = removed.split('\n').length >= LINES_TELL && isContained(before.counts, now.counts);
  const isKept = isMoved || before.literals.length >= LITERALS_TELL;
  return {
    isHarmless: isHarmless(paths, changed) || isSpacing(paths, changed),
    isInstrumented: isInstrumented(changed),
    isOfContacts: changesContacts(changed),
    isOfVersions: paths.length > 0 && paths.every((path) => VERSIONS.test(path) || isHarmlessPath(path)),
    isRearranged:
      removed !== '' &&
      isSafe &&
      isKept &&
      !movesLocks &&
      newValues.length === 0 &&
      !setsOtherwise(removed, added) &&
      !isRestyled(removed, added) &&
      isSame(now.literals, before.literals),
    movesLocks,
    opensOnly: opensOnly(added, removed),
    versions: versionsIn(added, removed),
    words: differing(now.counts, before.counts),
    fewer: new Set(
      [...before.counts.keys()].filter((word) => (now.counts.get(word) ?? 0) < (before.counts.get(word) ?? 0)),
    ),
    pathWords: new Set(named.flatMap(codeWords)),
    texts: [...textsOf(now, before), ...newValues],
    numbers: now.numbers.symmetricDifference(before.numbers),
    places: placesOf(lines, named),
    limits: limitsIn(lines),
    guardsGone: Math.max(0, guardsGone),
    callsGone: callsGone(removed, added),
    callsInLoop,
    grows,
    closesGone,
    indexesGone: droppedIndexes(removed, added),
    eagerGone: eagerGone(removed, added),
    movesCacheKeys: [removed, added].some((text) => CACHE_KEYS.test(text)) || isOtherKey(removed, added),
    movesImage: [removed, added].some((text) => IMAGE.test(text)),
  };
}

/** Fields of a message have another style: their readers know `tour_id` and not `tourId`. */
function isRestyled(removed: string, added: string): boolean {
  const fieldsIn = (text: string) => new Set(Array.from(text.matchAll(FIELD_NAME), ([, name = '']) => name));
  const [before, now] = [fieldsIn(removed), fieldsIn(added)];
  const plain = (name: string) => name.replaceAll('_', '').toLowerCase();
  const known = new Set([...before].filter((name) => !now.has(name)).map(plain));
  return [...now].some((name) => !before.has(name) && known.has(plain(name)));
}

const FIELD_NAME = /["']?\b([A-Za-z_]\w{2,60})["']?\s{0,3}:(?!:)/g;

/** One literal may be equal by chance, two hardly. */
const LITERALS_TELL = 2;
/** With this many lines whose words all stand somewhere else now, the code was moved there. */
const LINES_TELL = 3;

type Side = Readonly<{
  counts: ReadonlyMap<string, number>;
  literals: readonly string[];
  numbers: ReadonlySet<string>;
}>;

function sideOf(text: string): Side {
  const counts = new Map<string, number>();
  for (const word of codeWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, literals: literalsIn(text).sort(), numbers: new Set(tellingNumbers(text)) };
}

const SETS = /^[-\s]{0,40}["']?([\w.-]{1,80})["']?\s{0,3}[:=]\s{0,3}(\S{1,80})$/;

/** A setting has another value: `first: 1, second: 0` and `first: 0, second: 1` have the same words. */
function setsOtherwise(removed: string, added: string): boolean {
  const settingsIn = (text: string) =>
    Map.groupBy(
      text.split('\n').flatMap((line) => {
        const [, name, value] = SETS.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [{ name, value }];
      }),
      ({ name }) => name,
    );
  const [before, now] = [settingsIn(removed), settingsIn(added)];
  const valuesOf = (all: ReadonlyMap<string, readonly { value: string }[]>, name: string) =>
    (all.get(name) ?? []).map(({ value }) => value).sort();
  return [...now.keys()].some((name) => before.has(name) && !isSame(valuesOf(before, name), valuesOf(now, name)));
}

/** A shorter text, or one without a letter, occurs in every line by chance. */
const SHORTEST_TEXT = 4;
const MOST_TEXTS = 100;

function textsOf(now: Side, before: Side): string[] {
  const differing = new Set(now.literals).symmetricDifference(new Set(before.literals));
  return [...differing]
    .filter((text) => text.length >= SHORTEST_TEXT && codeWords(text).length > 0)
    .slice(0, MOST_TEXTS);
}

/** `tables: 2026-draft`, `REGION=eu-west-9`: a value without quotes. */
const SETTING_VALUE = /^[-\s]{0,40}["']?[\w.-]{1,80}["']?\s{0,3}[:=]\s{0,3}([\w./:@-]{5,80})$/;
/** A word, or a number, stands in many failures. */
const TELLING_VALUE = /^(?=.*[a-z])(?=.*(?:\d|[a-z][-_/:@][a-z]))/i;

/** Values of settings that the change sets, and did not have before. */
function settingValues(removed: string, added: string): string[] {
  const valuesIn = (text: string) =>
    text
      .split('\n')
      .flatMap((line) => SETTING_VALUE.exec(line)?.[1] ?? [])
      .filter((value) => TELLING_VALUE.test(value));
  return [...new Set(valuesIn(added)).difference(new Set(valuesIn(removed)))].slice(0, MOST_TEXTS);
}

const TEXT_LITERAL = /"(?:[^"\\\n]|\\.){0,500}"|'(?:[^'\\\n]|\\.){1,500}'|`[^`\n]{0,500}`/g;
const NUMBER_LITERAL = /(?<![\w.])\d+(?:\.\d+)?(?!\w|\.\d)/g;

function literalsIn(text: string): string[] {
  const texts = (text.match(TEXT_LITERAL) ?? []).map((literal) => literal.slice(1, -1));
  return [...texts, ...(text.replaceAll(TEXT_LITERAL, '""').match(NUMBER_LITERAL) ?? [])];
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, at) => text === b[at]);
}

function isContained(some: ReadonlyMap<string, number>, all: ReadonlyMap<string, number>): boolean {
  for (const [word, count] of some) if ((all.get(word) ?? 0) < count) return false;
  return true;
}

function differing(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): ReadonlySet<string> {
  return new Set([...a.keys(), ...b.keys()].filter((word) => (a.get(word) ?? 0) !== (b.get(word) ?? 0)));
}

/** The name of each file, and the names in the headers of the diff's hunks. */
function placesOf(lines: readonly DiffLine[], paths: readonly string[]): ReadonlySet<string> {
  const names = paths.map((path) => path.split('/').at(-1)?.toLowerCase() ?? '');
  const functions = lines.flatMap(({ mark, text }) =>
    mark === 'place' ? codeWords(behindPath(text)).filter(isLong) : [],
  );
  return new Set([...names, ...functions]);
}

function behindPath(heading: string): string {
  return heading.replaceAll(/(?<!\S)\S+\/\S+/g, ' ');
}

function isLong(word: string): boolean {
  return word.includes('_');
}

/** A check of a value that may be missing. */
const GUARD =
  /\b(?:if|unless|assert|require|guard|when)\b.{0,200}(?:\bnil\b|\bnull\b|\bNone\b|\bundefined\b|\bempty\b|\bexists?\b|\bisset\b|\blen\(|\.length\b|\bis_none\b|\bisPresent\b|\bhas_?\w*\()|\b(?:is_?empty|is_?blank|is_?present|has_?next|any)\b\??(?:\(\))?\s{0,3}(?:\?|&&|\|\|)|\?\.|\?\?|\bgetOrDefault\b|\bunwrap_or/gi;
/** Go's error variable: it comes and goes with every call. */
const OF_ERRORS = /\berr\b/;

function guardsIn(text: string): number {
  return text.split('\n').filter((line) => !OF_ERRORS.test(line) && line.search(GUARD) >= 0).length;
}

const CLOSE =
  /\b(?:close|release|unlock|dispose|cleanup|free|cancel|rollback|shutdown|defer|finally)\b|\.(?:Close|Release|Unlock|Dispose|Done|Stop)\(/gi;
/** A block or a scope that closes what it opens: Python's `with`, Java's `try (…)`, C#'s `using`. */
const SCOPED =
  /\bwith\s{1,4}(?<py>[\w.]{1,80})\(.{0,120}\)\s{1,4}as\s|\btry\s{0,3}\((?:[\w<>?, ]{1,60}\s)?\w{1,40}\s{0,3}=\s{0,3}(?:await\s)?(?:new\s)?(?<java>[\w.]{1,80})\(|\busing\s{0,3}\(?\s{0,3}(?:var|[\w<>]{1,60})\s{1,3}\w{1,40}\s{0,3}=\s{0,3}(?:await\s)?(?:new\s)?(?<cs>[\w.]{1,80})\(/;

/** What was opened for a block is opened as before, but no block closes it. */
function isNoLongerScoped(removed: string, added: string): boolean {
  const { py, java, cs } = SCOPED.exec(removed)?.groups ?? {};
  const opener = py ?? java ?? cs;
  if (opener === undefined || CLOSES.test(added)) return false;
  return added.includes(`= ${opener}(`) || added.includes(`= new ${opener}(`) || added.includes(`= await ${opener}(`);
}

/** Statements that lock rows until their transaction ends: SQL, Django, Rails, Laravel, JPA. */
const LOCKS_ROWS =
  /\bFOR\s{1,8}(?:NO\s{1,8}KEY\s{1,8})?UPDATE\b|\bselect_for_update\b|\bwith_lock\b|\.lock!|lockForUpdate|PESSIMISTIC_WRITE|^\s*UPDATE\s{1,8}[\w."`]{1,80}\s{1,8}SET\b|\.(?:lock|acquire|Lock)\(/i;

function locksIn(text: string): readonly string[] {
  return text.split('\n').filter((line) => LOCKS_ROWS.test(line));
}

const SORTS = /\b\w{0,40}[sS]ort\w{0,40}\b|\border_?[bB]y\b|\bORDER BY\b/;

/** What is locked was sorted before. */
function isUnsorted(removed: string, added: string): boolean {
  const locks = (text: string) => locksIn(text).length > 0 || TAKES_LOCK.test(text);
  return SORTS.test(removed) && !SORTS.test(added) && locks(removed) && locks(added);
}

const TAKES_LOCK = /\b\w{0,20}[lL]ock\w{0,20}[!?]?\(/;

function isOtherOrder(before: readonly string[], now: readonly string[]): boolean {
  const isSameSet = before.length >= 2 && isSame(before.toSorted(), now.toSorted());
  return isSameSet && !isSame(before, now);
}

/**
 * What its user has to close, by the documents of Go's net/http, os and database/sql (`Rows`, `Stmt`), Java's java.io,
 * java.net and java.sql, Python's open and socket, and Node.js' fs (`FileHandle`); and connections of a pool (JDBC,
 * node-postgres, psycopg, SQLAlchemy, pgx).
 */
const OPENS =
  /\bhttp\.(?:Get|Post|Head|PostForm)\(|\.Do\(\s{0,3}req\w*\)|\bos\.(?:Open|Create|OpenFile)\(|\bnet\.Dial\w*\(|\bnew\s{1,4}(?:File(?:In|Out)putStream|FileReader|FileWriter|RandomAccessFile|Socket|ZipFile|HttpClient)\(|(?<!with\s)(?<=[=(]\s{0,3}(?:await\s{1,3})?)(?:open|urlopen|socket\.socket)\(|\b(?:rows|stmt|statement|cursor|resultSet|rs)\b[\w, ]{0,30}:?=\s{0,3}(?:await\s{1,3})?[\w.]{1,60}\.(?:Query|QueryContext|Queryx|Prepare|PrepareContext|prepareStatement|createStatement|executeQuery)\(|\bfs\.(?:openSync|open)\(|\b\w{0,40}(?:[dD]ata[sS]ource|[pP]ool|[eE]ngine)\.(?:getConnection|get_connection|getconn|connect|acquire|checkout|Acquire|Conn)\(/;
const CLOSES = /\b(?:close|dispose|using|try\s{0,3}\(|with|finally|defer|ensure)\b|\.Close\(|\btry\s{0,3}\(/i;

/** A connection of a pool that a variable holds; the line that takes it closes nothing. */
const HELD =
  /^\s{0,40}(?:(?:final|const|let|var|val|\w{0,40}Connection)\s{1,3})?(\w{1,40})(?:, \w{1,20})?\s{0,3}:?=\s{0,3}(?:await\s{1,3})?[\w.]{0,60}(?:[dD]ata[sS]ource|[pP]ool|[eE]ngine)\.\w{1,30}\(/m;

/** Without the lines that close only what came of the connection: `try (var st = c.prepareStatement(FREE)) {`. */
function withoutParts(added: string): string {
  const held = HELD.exec(added)?.[1];
  if (held === undefined) return added;
  const own = new RegExp(`\\b${held}\\.(?:close|release|dispose)|\\((?:[^()\\n]{0,60}, )?${held}\\)`, 'i');
  const part = new RegExp(`(?:\\btry\\s{0,3}\\(|\\bwith\\b|\\busing\\b).{0,80}\\b${held}\\.|\\w\\.close\\(`, 'i');
  return added
    .split('\n')
    .filter((line) => own.test(line) || !part.test(line))
    .join('\n');
}

/**
 * A connection of a driver. It counts only in the place of one that was closed: who makes one at the start keeps it.
 * JDBC, DB-API, ADO.NET, mysql2, node-postgres, database/sql, pgx, amqp091-go, pg and mysql2 of Ruby.
 */
const CONNECTS =
  /\bDriverManager\.getConnection\(|\b(?:psycopg\d?|asyncpg|aiomysql|pymysql|MySQLdb|pyodbc|oracledb|cx_Oracle|mysql\.connector|pika\.BlockingConnection)(?:\.connect)?\(|\bnew\s{1,4}(?:Sql|Npgsql|MySql|Oracle)Connection\(|\b(?:mysql2?|mariadb|oracledb)\.(?:createConnection|getConnection)\(|\bnew\s{1,4}(?:pg\.)?Client\(|\b(?:sqlx?\.Open|pgx\.Connect|amqp\.Dial)\(|\b(?:PG\.connect|PG::Connection\.new|Mysql2::Client\.new)\b/;

/** Takes a connection of a pool. */
const TAKES =
  /\b\w{0,40}(?:[dD]ata[sS]ource|[pP]ool|[eE]ngine|[fF]actory)\.(?:\w{0,10}[cC]onn\w{0,10}|acquire|begin|checkout|take|openSession)\(/;

function opensOnly(added: string, removed: string): string {
  const tookAndClosed = [OPENS, CONNECTS, TAKES].some((one) => one.test(removed)) && CLOSES.test(removed);
  const [opened = ''] = OPENS.exec(added) ?? (tookAndClosed ? CONNECTS.exec(added) : null) ?? [];
  if (opened === '' || (OPENS.test(removed) && !tookAndClosed) || CLOSES.test(withoutParts(added))) return '';
  return opened.replace(/\W{1,40}$/, '').replace(/^\W+/, '');
}

/** `"decimal.js": "^10.4.3",`, `requests==2.31.0`, `gem 'pg', '1.5.4'`, `golang.org/x/net v0.17.0`, `rack (3.1.8)` */
const DEPENDENCY =
  /^\s*(?:require\s+|gem\s+|implementation\s+)?["']?([A-Za-z@][\w@./:-]{1,100}?)["']?\s{0,4}(?:[:=,~^<>!@( ]|\s){1,6}["']?[~^>=v]{0,3}(\d{1,5}(?:\.\d{1,5}){1,3})[\w.+-]{0,30}["']?\s{0,2}[,;)]?\s*$/;

/** Tools of the build, which are no part of what runs, and settings from the environment. */
const NO_PART =
  /(?:^|[/@-])(?:eslint|prettier|stylelint|vitest|jest|mocha|chai|cypress|playwright|storybook|husky|lint-staged|types|typescript|pytest|ruff|black|mypy|flake8|rubocop|rspec|junit\w{0,10}|mockito\w{0,10}|phpunit|phpstan|clippy)(?:$|[/@-])|^[A-Z][A-Z\d_]+$/;

function isOfBuildTool({ text }: DiffLine): boolean {
  const name = DEPENDENCY.exec(text)?.[1] ?? '';
  return name !== '' && NO_PART.test(name);
}

function versionsIn(added: string, removed: string): readonly VersionChange[] {
  const named = (text: string) =>
    new Map(
      text.split('\n').flatMap((line): [string, string][] => {
        const [, name = '', version = ''] = DEPENDENCY.exec(line) ?? [];
        return name === '' || NO_PART.test(name) ? [] : [[name, version]];
      }),
    );
  const before = named(removed);
  return [...named(added)].flatMap(([name, after]) => {
    const was = before.get(name) ?? after;
    return was === after ? [] : [{ name, before: was, after, isMajor: was.split('.')[0] !== after.split('.')[0] }];
  });
}

const STATEMENT = /^(?:await\s{1,3}|go\s{1,3})?(?:[\w$]{1,80}(?:\.|::|->)){0,5}([A-Za-z_$][\w$]{2,80})\s?\(/gm;
const KEYWORDS: ReadonlySet<string> = new Set(
  'for while switch catch return function func def fn await async sizeof typeof make append len range assert new print println'.split(
    ' ',
  ),
);

function callsGone(removed: string, added: string): string[] {
  const left = new Set(added.match(/[A-Za-z_$][\w$]{2,80}/g) ?? []);
  const calls = Array.from(removed.matchAll(STATEMENT), ([, name = '']) => name);
  return [...new Set(calls)].filter((call) => !left.has(call) && !KEYWORDS.has(call) && codeWords(call).length > 0);
}

const LOOP =
  /^(?:\}?\s*)?(?:for|foreach|while|each|loop)\b|\.(?:forEach|map|flatMap)\(|\.(?:forEach|map|mapNotNull|flatMap|flat_map|associate|collect)\s?(?:\{|do\b)|\bEnum\.each\(|\bTask\.async_stream\(|\.each(?:_\w+)?\b|\bfor\b.{1,200}\bin\b/;
/** Verbs of calls to something else. */
const ASKS =
  /(?:quer|select|where|count|exists|fetch|find|load|put|get|insert|save|update|delete|send|post|request|exec|invoke|publish|lookup|read|write|call|commit|flush|sync)/i;

/** Calls in the new text that are added and indented deeper than the loop. */
function loopCalls(lines: readonly DiffLine[], before: ReadonlyMap<string, number>): string[] {
  const found: string[] = [];
  const removed = new Set(textOfMark(lines, '-').match(/[A-Za-z_]\w{2,80}/g) ?? []);
  const isKnown = (name: string) =>
    codeWords(name).some((word) => before.has(word) && isLong(word)) && !isForMany(name, removed);
  let loop: number | undefined;
  for (const line of lines.filter(({ mark, text }) => mark !== '-' && text !== '')) {
    if (endsLoop(line, loop)) loop = undefined;
    const isLoop = LOOP.test(line.text);
    const isInside = loop !== undefined || (isLoop && holdsItsLoop(line.text));
    const inside = isInside ? line.text : (ONE_BLOCK.exec(line.text)?.[1] ?? '');
    if (line.mark === '+') found.push(...askedIn(inside).filter((name) => !isKnown(name)));
    if (isLoop) loop ??= line.indent;
  }
  return [...new Set(found)];
}

/** The loop and what it does stand in one line: `items.map((one) => …)`, `[get(one) for one in items]`. */
function holdsItsLoop(text: string): boolean {
  const opened = text.search(/[[({]/);
  return (
    text.includes('=>') ||
    BLOCK.test(text) ||
    LAMBDA.test(text) ||
    IN_ONE.test(text) ||
    (opened >= 0 && opened < text.search(/\bfor\b/))
  );
}

/** C, Java, JavaScript, PHP: `for (const one of all) one.age = await ages.get(one.id)` */
const IN_ONE = /^\s*(?:for|foreach|while)\s{0,3}(?:await\s{0,3})?\([^{]{3,200}\)\s{1,3}(?!(?:as|of|in)\b)[\w(]/;

/** Rust, Go, Swift: `for id in ids { ages.push(client.get(id)); }`. What stands before the block runs once. */
const ONE_BLOCK = /^\s*(?:for|foreach|while)\b[^{\n]{1,200}\{\s{0,3}([^\s/}][^\n]{0,400})\}/;

/** Ruby: `titles.map { |title| … }` */
const BLOCK = /(?:\{|\bdo)\s{0,3}\|/;

/** Elixir: `Enum.map(all, &get(&1.id))`, `fn one -> … end`; Kotlin: `all.map { get(it.id) }`. */
const LAMBDA = /&1\b|\bfn\b[^\n]{0,80}->|\{\s{0,3}(?:it\.|[^\n]{0,200}\bit\b|\w{1,40}\s{0,2}->)/;

function endsLoop({ mark, text, indent }: DiffLine, loop: number | undefined): boolean {
  if (mark === 'place' || mark === 'file') return true;
  return loop !== undefined && indent <= loop && !text.startsWith(')');
}

/** A call on a receiver (`db.get(`, `Layer::find(`) or an awaited one: a plain computation asks nothing else. */
const ASKED =
  /(?:(?<!\b(?:Map|Keyword|MapSet|List|Enum|Stream|String|Object|Array|Math|JSON))\.|(?<!\b(?:Vec|HashMap|BTreeMap|HashSet|String|Path|Some|std|fmt|iter|mem|Instant|Duration|Arr|Str)(?:::\w{1,20})?)::|\bawait\s{1,3}(?:[\w.]{1,100}\.)?)([A-Za-z_]\w{2,80})\s?\(/g;
/** Rows that belong to one item, as its name says: `for_profile(`, `byOrderId(`, `ofUser(`. */
const OF_ONE = /^(?:all_?)?(?:for|by|of)(?:_[a-z]|[A-Z])/;
/** Rust: what is awaited waits for something, and not for a time or for its own threads. */
const AWAITED = /([A-Za-z_]\w{2,80})\s?\([^()\n]{0,80}\)\.await\b/g;
const WAITS_FOR_ITSELF = /sleep|delay|tick|yield|lock|next|recv|join|acquire|timeout|wait/i;

function askedIn(text: string): string[] {
  const called = Array.from(text.matchAll(ASKED), ([, name = '']) => name).filter(
    (name) => ASKS.test(name) || OF_ONE.test(name),
  );
  const awaited = Array.from(text.matchAll(AWAITED), ([, name = '']) => name).filter(
    (name) => !WAITS_FOR_ITSELF.test(name),
  );
  return [...called, ...awaited];
}

/** The old code asked for all of them together: `for_profiles(ids)` before, and `for_profile(id)` now. */
function isForMany(name: string, removed: ReadonlySet<string>): boolean {
  return !removed.has(name) && [`${name}s`, `${name}es`, name.replace(/y$/, 'ies')].some((many) => removed.has(many));
}

/**
 * Entity Framework, ActiveRecord, Django, SQLAlchemy, Gorm, TypeORM and JPA:
 * `.Include(p => p.Coverages)`, `.includes(:labels)`, `select_related("user")`, `joinedload(User.orders)`, `JOIN FETCH`;
 * settings of Hibernate that load in batches: `hibernate.default_batch_fetch_size`, `@BatchSize(size = 50)`;
 * loaders of GraphQL, which ask for the elements of a list together: `loaders.rating.load(id)`, `BatchLoader.for(id)`
 */
const EAGER =
  /\.(?:Then)?Include\(|\b(?:includes|eager_load|preload)\(\s{0,3}:|\bpreload:\s{0,3}[[:]|\bRepo\.preload\(|\b(?:select|prefetch)_related\(|\b(?:joined|selectin|subquery)load\(|\.Preload\(|\bleftJoinAndSelect\(|\bJOIN\s{1,8}FETCH\b|@EntityGraph\b|\bdefault_batch_fetch_size\b|@BatchSize\(|\bFetchMode\.SUBSELECT\b|(?:->|::)with\(\s{0,3}\[?['"]|\b\w{0,40}loaders?(?:\.\w{1,60}){0,2}\.load(?:Many|All)?\(|\bnew DataLoader\(|\bBatchLoader(?:\.\w{1,30})?\(|\bdataloader\(/gi;

function eagerGone(removed: string, added: string): string[] {
  const names = (text: string) => (text.match(EAGER) ?? []).map((call) => call.replace(/^\W+|\W{1,40}$/g, ''));
  const left = new Set(names(added).map((name) => name.toLowerCase()));
  return [...new Set(names(removed))].filter((name) => !left.has(name.toLowerCase()));
}

/** `cache_prefix = "v3:"`, `CACHE_NAMESPACE`, `redis.keyPrefix` */
const CACHE_KEYS =
  /\b\w{0,40}(?:cache|redis|memcache)\w{0,40}[.\s_-]{0,3}(?:key\w{0,20}|prefix|namespace|version)\b|\bkey_?(?:prefix|namespace|version)\b/i;
/** Names of parts with colons between them, as Redis advises for its keys: `tile:{}:{}`, `user:${id}:${page}`, `price:%s:%d`. */
const BUILT_KEY =
  /["'`][\w.-]{1,40}(?::(?:[$#]?\{[^{}"'`\n]{0,40}\}|%[a-z]|[\w.-]{1,40})){0,8}:(?:[$#]?\{[^{}"'`\n]{0,40}\}|%[a-z]):(?:[$#]?\{[^{}"'`\n]{0,40}\}|%[a-z])[^"'`\n]{0,80}["'`]/;

function isOtherKey(removed: string, added: string): boolean {
  const [before, now] = [BUILT_KEY.exec(removed)?.[0], BUILT_KEY.exec(added)?.[0]];
  if (before !== undefined && now !== undefined) return before !== now;
  const versionless = (text: string) =>
    new Map(Array.from(text.matchAll(VERSIONED_KEY), ([key]) => [key.replaceAll(VERSION_OF_KEY, 'v'), key]));
  const known = versionless(removed);
  return versionless(added)
    .entries()
    .some(([key, whole]) => known.has(key) && known.get(key) !== whole);
}

/** `v3:cart:%s`, `price:v12:{}`: people change the version so that nobody reads what older code wrote. */
const VERSIONED_KEY =
  /["'`](?:[\w.-]{1,40}:){0,4}v\d{1,4}:(?:[\w.-]{1,40}:){0,4}(?:[$#]?\{[^{}"'`\n]{0,40}\}|%[a-z])[^"'`\n]{0,80}["'`]/g;
const VERSION_OF_KEY = /(?<=["'`:])v\d{1,4}(?=:)/g;

const IMAGE =
  /\bimage(?:PullSecrets|PullPolicy)?["']?\s{0,3}[:=]|\bregistry\b|\bnew(?:Tag|Name)["']?\s{0,3}:|^[ \t]{0,80}["']?(?:tag|digest)["']?\s{0,3}:\s|\bimage\.tag\b/im;

const FILLS =
  /([\w.$@]{2,80})\s{0,2}(?:<<|=\s{0,2}append\(\s{0,2}\1|\.(?:push|add|append|put|set|offer|insert)\(|\[[^\]]{1,80}\]\s{0,2}=[^=])/;
const EMPTIES =
  /\b(?:evict|delete|remove|lru|ttl|expire|trim|truncate|clear|reset|pop|shift|flush|max\w*|limit|cap|bounded)/i;
const LASTS =
  /^(?:export\s+|private\s+|public\s+|protected\s+|internal\s+|readonly\s+)*(?:var|let|const|static|val|final)\b|^\w{2,80}\s{0,2}(?::[^=]{1,80})?=\s{0,2}(?:\{\}|\[\]|\w{0,20}(?:dict|list|set|map|hash)\()/i;

/** A list or a map that lives as long as the program (package level, static, a field) and that nothing empties. */
function growingIn(lines: readonly DiffLine[]): string[] {
  const added = lines.filter(({ mark }) => mark === '+');
  if (added.some(({ text }) => EMPTIES.test(text))) return [];
  const lasting = new Set(
    lines.flatMap(({ mark, text, indent }) =>
      mark !== '-' && (indent === 0 || /\bstatic\b/.test(text)) && LASTS.test(text)
        ? (text.match(/[A-Za-z_$][\w$]+/g) ?? [])
        : [],
    ),
  );
  const filled = added.map(({ text }) => FILLS.exec(text)?.[1] ?? '');
  const fields = new Set(added.map(({ text }) => GO_FIELD.exec(text)?.[1] ?? '').filter((name) => name !== ''));
  const isOfField = (name: string) => name.includes('.') && fields.has(name.split('.').at(-1) ?? '');
  return [...new Set(filled.filter((name) => FIELD.test(name) || lasting.has(name) || isOfField(name)))];
}

/** A new field of a Go struct that is a map or a slice: `seen map[string][]Visit`. */
const GO_FIELD = /^([A-Za-z_]\w{0,60})\s{1,20}(?:map\[|\[\]|sync\.Map\b)/;

const FIELD = /^(?:(?:this|self|cls)\.|_|@)/;
