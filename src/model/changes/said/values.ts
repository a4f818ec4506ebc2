/**
 * Values that a change no longer takes, where the failure names such a value; and connections that it no longer shares.
 *
 *   -  match level { 0..=7 => …                 unsupported level 7
 *   +  match level { 0..=6 => …                 ◄── 7 was in the range, and is not any more
 */

/** `all`: the diff, the title and the names of the files. */
export type Touched = Readonly<{ added: string; removed: string; context: string; all: string }>;

/** How programs refuse a value: each has the value near it. */
const REFUSES =
  /\b(?:unsupported|unknown|invalid|illegal|unexpected|unrecogni[sz]ed|undefined|unhandled|out of (?:range|bounds)|not (?:supported|allowed|valid|known|recogni[sz]ed|accepted|permitted|configured|registered|defined|mapped|found)|no (?:[\w-]{1,30} ){1,4}(?:configured|registered|defined|found|mapped|known|for)|cannot query field|missing|must be|exceeds|too (?:large|high|big|low|small))\b/g;
/** In characters, before or behind the words. */
const NEARBY = 60;

/** What stands around the words that refuse a value. */
function refusals(failure: string): readonly string[] {
  return Array.from(failure.matchAll(REFUSES), ({ 0: said, index }) =>
    failure.slice(Math.max(0, index - NEARBY), index + said.length + NEARBY),
  );
}

/** The end of a range or of a comparison, in most languages: `0..=7`, `1...7`, `0 to 7`, `<= 7`, `range(0, 7)`, `between 1 and 7`. */
const BOUND =
  /(?:\.\.[.=<]?|[<>]=?|\bto|\buntil|\band|\brange\([^()\n]{0,40},|\b(?:max|min)\w{0,30}["']?\s{0,3}[:=(])\s{0,3}(-?\d{1,9})(?![\w.])|(?<![\w.])(-?\d{1,9})(?=\s{0,3}(?:\.\.|[<>]))/gi;
/** `boats/7` is a path. */
const SAID_NUMBER = /(?<![\w./])\d{1,9}(?![\w.])/g;
const ANY_NUMBER = /(?<![\w.])\d{1,9}(?![\w.])/g;

/** The range has another end, and the failure refuses a number that only the old one had. */
export function rangeNarrowed({ added, removed }: Touched, failure: string): string {
  const refused = refusals(failure)
    .flatMap((near) => near.match(SAID_NUMBER) ?? [])
    .map(Number);
  if (refused.length === 0) return '';
  for (const { before, after } of movedBounds(removed, added)) {
    const [low, high] = [Math.min(before, after), Math.max(before, after)];
    // Only one of both ends may be within; which one, the operators of languages disagree about.
    const number = refused.find((one) => one >= low && one <= high && one !== after);
    if (number !== undefined) return `it moves the end of a range from ${before} to ${after}, and ${number} fails`;
  }
  return '';
}

/** Pairs of lines that are equal but for one end of a range. */
function movedBounds(removed: string, added: string): readonly Readonly<{ before: number; after: number }>[] {
  const rows = (text: string) =>
    text
      .split('\n')
      .slice(0, MOST_LINES)
      .map((line) => ({
        ends: Array.from(line.matchAll(BOUND), ([, end, start]) => Number(end ?? start)),
        rest: line.replaceAll(ANY_NUMBER, '·').replaceAll(/\s+/g, ''),
      }))
      .filter(({ ends }) => ends.length > 0);
  const now = rows(added);
  return rows(removed).flatMap(({ ends, rest }) => {
    const same = now.find((row) => row.rest === rest && row.ends.length === ends.length);
    const moved = same === undefined ? [] : ends.map((before, at) => ({ before, after: same.ends[at] ?? before }));
    const differing = moved.filter(({ before, after }) => before !== after);
    return differing.length === 1 ? differing : [];
  });
}

const MOST_LINES = 60;

/** A key or a value of a table: `AT` of `Rates:AT=20`, `"nord"` of `["nord", "sued"]`. */
const ENTRY = /[A-Za-z\d][\w-]{0,60}/g;
/** `state store brewstate is not found`, `queue invoices does not exist`: a name without marks. */
const PLAIN =
  /\b(?:store|component|topic|queue|bucket|secret|binding|index|dataset|collection|table|stream|route|cluster|profile|pool|connection) ([a-z\d][\w-]{3,60}) (?:is |was )?(?:not (?:found|configured|registered|defined)|does not exist|doesn't exist)/g;
const QUOTED = /["'`‘“([]([a-z\d][\w-]{0,60})["'`’”)\]]/g;

/** It takes an entry out of a table, and the failure quotes that entry as one that is not there. */
export function entryGone({ added, removed, context }: Touched, failure: string): string {
  const quoted = new Set([
    ...refusals(failure).flatMap((near) => Array.from(near.matchAll(QUOTED), ([, name = '']) => name)),
    ...Array.from(failure.matchAll(PLAIN), ([, name = '']) => name),
  ]);
  if (quoted.size === 0) return '';
  const left = new Set(entriesIn(`${added}\n${context}`).map((name) => name.toLowerCase()));
  const gone = entriesIn(removed).find((name) => quoted.has(name.toLowerCase()) && !left.has(name.toLowerCase()));
  return gone === undefined ? '' : `it takes “${gone}” away, which the failure misses`;
}

function entriesIn(text: string): readonly string[] {
  return text.match(ENTRY) ?? [];
}

/** Two sizes, versions or counts that have to be equal. */
const DIFFER =
  /\b(?:different|differs?|mismatch\w{0,4}|expected|expects|expecting|does not match|not equal|incompatible|inconsistent|but (?:got|was|is|received|found))\b/g;
const TELLING = /(?<![\w.-])\d{3,9}(?![\w-]|\.\d)/g;

/** It replaces one number with another, in code or in a comment, and the failure says that these two differ. */
export function numbersApart({ all }: Pick<Touched, 'all'>, failure: string): string {
  const numbersIn = (text: string): readonly string[] => text.match(TELLING) ?? [];
  const lines = all.split('\n');
  const numbersOn = (mark: RegExp) => lines.filter((line) => mark.test(line)).flatMap(numbersIn);
  const [before, now, around] = [numbersOn(/^-(?!--)/), numbersOn(/^\+(?!\+\+)/), numbersOn(/^ /)];
  const gone = before.filter((number) => !now.includes(number) && !around.includes(number));
  const fresh = now.filter((number) => !before.includes(number));
  for (const { 0: said, index } of failure.matchAll(DIFFER)) {
    const near = numbersIn(failure.slice(Math.max(0, index - NEARBY), index + said.length + NEARBY));
    const [was, is] = [gone.find((number) => near.includes(number)), fresh.find((number) => near.includes(number))];
    if (was !== undefined && is !== undefined) return `it replaces ${was} with ${is}, and the failure names both`;
  }
  return '';
}

/** No port or no handle is free for one more connection: Windows (10013, 10048, 10055), Linux, Azure, Google Cloud. */
const NO_PORT =
  /\bsnat\b|\beaddrnotavail\b|cannot assign requested address|can't assign requested address|only one usage of each socket address|access a socket in a way forbidden|ephemeral ports?\b|\bport exhaust|\bout_of_resources\b|\bemfile\b|too many open files|lacked sufficient buffer space/;
/** Clients that keep connections: .NET, Java, Go, Python, Node.js, Ruby, Rust, PHP. */
const NEW_CLIENT =
  /\bnew (?:HttpClient|HttpClientHandler|SocketsHttpHandler|OkHttpClient(?:\.Builder)?|RestTemplate|(?:https?\.)?Agent|Client|GuzzleHttp\\Client)\(|\bHttpClients?\.(?:newHttpClient|newBuilder|createDefault|create|custom)\(|\bWebClient\.create\(|&?\bhttp\.(?:Client|Transport)\{|\b(?:requests\.Session|httpx\.(?:Async)?Client|aiohttp\.ClientSession)\(|\baxios\.create\(|\bFaraday\.new\b|\breqwest::Client::new\(/;
/** One for the whole process. */
const SHARED = /\bstatic\b|\b(?:lazy|once|singleton|global|shared)\w{0,12}\b|@Bean\b|\bAddHttpClient\b|\bDEFAULT\b/i;
const NOT_KEPT =
  /\bDisableKeepAlives["']?\s{0,3}[:=]\s{0,3}true\b|\bkeep_?-?alive["']?\s{0,3}[:=]\s{0,3}(?:false|0|off)\b|\bconnection["']?\s{0,3}[:=,]\s{0,3}["']close\b/i;

/** It opens connections that it shared before, and the failure says that no port or handle is left. */
export function clientPerRequest({ added, removed }: Touched, failure: string): string {
  if (!NO_PORT.test(failure)) return '';
  const opens = (text: string) => text.split('\n').some((line) => NEW_CLIENT.test(line) && !SHARED.test(line));
  if (opens(added) && !opens(removed)) return 'it opens a client of its own for each request';
  return NOT_KEPT.test(added) && !NOT_KEPT.test(removed) ? 'it no longer keeps connections open' : '';
}

/**
 * A statement or a message has more parts than its reader takes: Lucene, Elasticsearch, OpenSearch and Solr
 * (`maxClauseCount`), SQL Server (2100 parameters), PostgreSQL (65535), Oracle (ORA-01795), SQLite, MySQL (1390), DynamoDB,
 * SQS, Linux (E2BIG), HTTP 414.
 */
const TOO_MANY_PARTS =
  /\bmaxclausecount\b|\btoo_?many_?clauses\b|\btoo many (?:boolean clauses|clauses|parameters|sql variables|placeholders|host variables|items requested|nested clauses|terms)\b|\bnumber of (?:bind )?parameters\b.{0,60}\b(?:between|exceeds?|maximum|at most)|\bora-01795\b|\bmaximum number of expressions in a list\b|\bexpression tree is too large\b|\bout-of-range integer as a 2-byte value\b|\bentries per (?:batch )?request\b|\btoomanyentriesinbatchrequest\b|\bargument list too long\b|\be2big\b|\b(?:request-)?uri too (?:long|large)\b/;
/** A list with a part for each of many: Python, Ruby, JavaScript, Java, Kotlin, Scala, C#, Go, Rust, PHP, Elixir. */
const OF_EACH =
  /\bfor\s{1,3}[\w, ()]{1,40}\s{1,3}in\b|\.(?:map|flatMap|flat_map|collect|Select|SelectMany|forEach|each|mapNotNull|extend|addAll|AddRange|push_all|concat)\b\s{0,2}[({]|\barray_(?:map|merge)\(|\bEnum\.(?:map|flat_map)\b|\bappend\([^()\n]{1,60}\.{3}\)|\[\.{3}\w|:=\s{0,2}range\b/g;

/** It puts a part for each of many into what it sends, and the failure says that these are too many. */
export function listOfEach({ added, removed }: Touched, failure: string): string {
  if (!TOO_MANY_PARTS.test(failure)) return '';
  const times = (text: string) => (text.match(OF_EACH) ?? []).length;
  return times(added) > times(removed)
    ? 'it adds a part for each of many, and the failure says that they are too many'
    : '';
}
