/**
 * What a change does, by kind, as far as its diff and its text say: each kind leads to other symptoms. Texts are
 * clauses: `it drops the index idx_email`.
 */
import type { Change } from '#model/changes/change.ts';
import type { Limit } from '#model/changes/changed-limits.ts';
import { type CodeChange, codeChangeOf, type VersionChange } from '#model/changes/code-change.ts';
import { codeEffects } from '#model/changes/code-effects.ts';
import { isOfPeople } from '#model/changes/contacts.ts';
import { declaredFault } from '#model/changes/declared-faults.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import type { DroppedIndex } from '#model/changes/dropped-indexes.ts';
import { type Effect, type EffectKind, effect, MUCH_MORE, moreIn, type Sides, WEAK } from '#model/changes/effect.ts';
import { largerRequest, limitsGone, OF_SHARE, ofLimit } from '#model/changes/limit-effects.ts';
import { otherZones } from '#model/changes/name-zones.ts';
import { newLimits } from '#model/changes/new-limits.ts';
import { changesNothingOld } from '#model/changes/new-tables.ts';
import { otherAccounts } from '#model/changes/other-accounts.ts';
import { scaleEffects } from '#model/changes/other-scales.ts';
import { movedPort } from '#model/changes/placement-settings.ts';
import { isOneName, namesReader, replacedNames } from '#model/changes/replaced-names.ts';
import { runtimeLimits, sidesOfTitle } from '#model/changes/runtime-limits.ts';
import { scaled } from '#model/changes/scaled.ts';
import { ofSchedule } from '#model/changes/schedule.ts';
import { otherLabels } from '#model/changes/selected-labels.ts';
import { partEffects } from '#model/changes/template-parts.ts';
import { isQuietTitle, smallerMachine, titleEffects, titleLimits } from '#model/changes/title-effects.ts';

/** The more specific first. Without a diff, only what its text says. */
export function effectsOf(
  change: Pick<Change, 'kind' | 'text' | 'diff'> & Partial<Pick<Change, 'service' | 'files' | 'id'>>,
  code: CodeChange | undefined,
): Effect[] {
  const fault = declaredFault(change);
  if (fault !== undefined) return fault;
  const ofText = [
    ...scaled(change, code?.limits ?? []),
    ...switched(change, code?.limits ?? []),
    ...ofTitle(change),
    ...ofResolver(change),
    ...ofRemote(change),
  ];
  if (code === undefined || change.diff === '') return [...ofText, ...ofTold(change), ...ofMigration(change, '')];
  const lines = diffLines(change.diff).filter(({ mark }) => mark === '+' || mark === '-');
  const sides = { added: textOfMark(lines, '+'), removed: textOfMark(lines, '-') };
  const context = textOfMark(diffLines(change.diff), ' ');
  const limits = change.kind === 'flag' ? code.limits.filter((one) => !OF_SHARE(one)) : code.limits;
  const found = [
    ...largerRequest(limits, `${context}\n${sides.added}`),
    ...ofSettings(sides, context),
    ...effect('stricter-probe', asksOtherwise(sides, context) ? 'it changes what a probe asks' : ''),
    ...ofSchema(sides, code),
    ...limits.flatMap(ofLimit),
    ...[...limitsGone(sides), ...newLimits(sides)],
    ...ofCode(sides, code),
    ...codeEffects(change.diff, sides, [...code.pathWords]).filter(({ kind }) => isOfRequests(kind, change.kind)),
    ...ofNames(sides, code, context),
    ...otherZones(sides, context),
    ...[...otherAccounts(sides), ...scaleEffects(sides, change.text), ...partEffects(change, sides)],
  ];
  const all = [...ofText, ...found, ...ofWords(change, code)];
  return found.length > 0 ? all : [...all, ...ofMigration(change, sides.added), ...titleEffects(change).map(weakly)];
}

/** The statements of a migration run once. */
function isOfRequests(kind: EffectKind, ofChange: Change['kind']): boolean {
  return kind !== 'new-statement' || ofChange !== 'migration';
}

/** The lines say nothing of it. */
function weakly(one: Effect): Effect {
  return { ...one, strength: Math.min(WEAK, one.strength) };
}

/** What its title says, where no line is shown; the title of a migration is often its statement. */
function ofTold(change: Pick<Change, 'kind' | 'text'> & Partial<Pick<Change, 'files' | 'id'>>): Effect[] {
  const [removed = '', added = ''] = change.text.split(/\s(?:to|->|→|=>)\s/);
  const ofTitle = [
    ...largerRequest(titleLimits(change), change.text),
    ...titleLimits(change).flatMap(ofLimit),
    ...runtimeLimits(sidesOfTitle(change.text), ''),
    ...ofSchedule({ added, removed }),
    ...otherSource(change),
    ...titleEffects(change),
  ];
  const statement = change.kind === 'migration' ? codeChangeOf({ files: [], diff: `+${change.text}` }) : undefined;
  return statement === undefined ? ofTitle : [...ofSchema({ added: change.text, removed: '' }, statement), ...ofTitle];
}

/** `alias orders-live: orders-v3 -> orders-v4`: two names, with the word for what they are before them. */
const SOURCES =
  /\b(?:alias(?:es)?|ind(?:ex|ices)|tables?|views?|topics?|queues?|buckets?|collections?|schemas?|datasets?|catalogs?|replicas?|streams?)\b.{0,60}?[\s:=]([A-Za-z][\w.-]{2,80})\s{0,3}(?:->|→|=>|\bto\b)\s{0,3}([A-Za-z][\w.-]{2,80})/i;

const NAMES_SOURCE =
  /\b(?:alias(?:es)?|ind(?:ex|ices)|topics?|queues?|buckets?|collections?|datasets?|catalogs?|streams?)\b/i;
/** `orders-v3 -> orders-v4`, `docs-2026-10-30 -> docs-2026-11-26`: two versions of one thing. */
const NEXT_OF_ONE = /(?:^|[\s:=])(([A-Za-z][\w.]{0,60}-)[\w.-]{1,40})\s{0,3}(?:->|→|=>|\bto\b)\s{0,3}(\2[\w.-]{1,40})/;

function otherSource({ kind, text, id = '' }: Pick<Change, 'kind' | 'text'> & Partial<Pick<Change, 'id'>>): Effect[] {
  const [, ofWord = '', toWord = ''] = SOURCES.exec(text) ?? [];
  const isNamed = NAMES_SOURCE.test(id.replaceAll(/[_-]/g, ' '));
  const [, ofOne = '', , toOne = ''] = ofWord === '' && isNamed ? (NEXT_OF_ONE.exec(text) ?? []) : [];
  const [before, after] = ofWord === '' ? [ofOne, toOne] : [ofWord, toWord];
  const isSetting = kind === 'config' || (kind === 'migration' && ofOne !== '');
  const isReplaced = isSetting && before !== after && (/\d/.test(after) || after.includes('-'));
  return effect('other-source', isReplaced ? `it replaces “${before}” by “${after}”` : '');
}

/** What a secret is, and what people do with it. */
const SECRET =
  /\b(?:(?:signing|api|access|encryption|private|public|secret) keys?|keys?|secrets?|passwords?|pw|credentials?|creds|tokens?|certificates?|certs?|jwks|(?:database|db) users?)\b/i;
const ROTATES =
  /\b(?:rotat\w{1,4}|renew\w{0,3}|revok\w{1,3}|replac\w{1,3}|reset|re-?issu\w{1,3}|chang\w{1,3}|new|swap\w{0,4}|switch\w{0,3}|updat\w{1,3})\b/i;
const FAILS_OVER =
  /\b(?:fail(?:s|ed|ing)?[- ]?over|switch-?over|promot\w{1,3}\b.{0,40}\b(?:replica|standby|follower|secondary|slave|reader|primary|master|leader|writer|db|database)\b|new primary|primary (?:switch|change))\b/i;

const EMPTIES =
  /\bflush\w{0,4}|\bpurg\w{1,3}|\binvalidat\w{1,4}|\bclear\w{0,3}|\bempt(?:y|ied|ies)\b|\brestart\w{0,3}/i;
const OF_CACHES = /\bcaches?\b|\bredis\b|\bmemcached?\b|\bvarnish\b|\bvalkey\b/i;

/** What the title of a change says that shows no lines. */
function ofTitle({ text, diff }: Pick<Change, 'text' | 'diff'>): Effect[] {
  const isRotated = diff === '' && ROTATES.test(text) && SECRET.test(text);
  return [
    ...effect('other-credentials', isRotated ? 'it replaces a key or credentials' : ''),
    ...effect('cold-cache', EMPTIES.test(text) && OF_CACHES.test(text) ? 'it empties a cache' : ''),
    ...effect('other-primary', FAILS_OVER.test(text) ? 'it moves a database to another server' : ''),
  ];
}

const RESOLVER =
  /(?:^|[-_./])(?:(?:core|kube|node-?local)-?dns|dnsmasq|unbound|resolv(?:er|ers|\.conf)|dns)(?:$|[-_./])/i;

function ofResolver({ service = '', files = [] }: Partial<Pick<Change, 'service' | 'files'>>): Effect[] {
  const isOf = [service, ...files].some((name) => RESOLVER.test(name));
  return effect('other-resolver', isOf ? 'it changes how names are resolved' : '');
}

/** Whether it changes a name server, and not only which one its own service asks. */
export function isOfResolver({ service, files }: Pick<Change, 'service' | 'files'>): boolean {
  return service === '' ? files.some((name) => RESOLVER.test(name)) : RESOLVER.test(service);
}

/** A share of users that becomes larger: `5 % to 100 %`, `10 → 100`. */
const SHARE = /(\d{1,3}) ?%?\s{0,3}(?:->|→|=>|to)\s{0,3}(\d{1,3})\b/;
const IS_ON =
  /\b(?:on|true|enabled?|active|launch\w{0,3}|rolled out|everyone|everybody|all(?: [a-z]{3,30}|$))\b|\b[1-9]\d{0,2} ?%/i;
const IS_OFF = /\b(?:off|false|disabled?|inactive|killed)\b|\b0 ?%/i;
/** What a flag was, right before the arrow. */
const WAS_OFF = /(?:^|[\s:=])(?:off|false|disabled|inactive|0 ?%)$/i;

/** `similar-products: off -> 100 %`, `new-pay on`: nobody sees which code that runs. */
function switched(change: Pick<Change, 'kind' | 'text'>, limits: readonly Limit[]): Effect[] {
  return isQuietTitle(change) ? [] : switchedAs(change, limits);
}

/** A flag that is on now, also where its name is a word that rarely matters: “badges”, “banners”. */
export function isSwitchedOn(change: Pick<Change, 'kind' | 'text'>): boolean {
  return switchedAs(change, []).some(({ kind }) => kind === 'flag-on');
}

function switchedAs({ kind, text }: Pick<Change, 'kind' | 'text'>, limits: readonly Limit[]): Effect[] {
  if (kind !== 'flag') return [];
  const [, before, after] = SHARE.exec(text) ?? [];
  const [said = ''] = text.split('(');
  const states = said.split(/\s(?:to|->|→|=>)\s/);
  const state = states.at(-1) ?? '';
  const isRolled = limits.some((one) => OF_SHARE(one) && one.after >= one.before * MUCH_MORE);
  const isOff = before === undefined ? IS_OFF.test(state) : Number(after) === 0;
  // `off -> all stores`: whom a flag is on for has many names.
  const wasOff = states.length > 1 && WAS_OFF.test(states.at(-2) ?? '') && state.trim() !== '';
  const isOn = isRolled || IS_ON.test(state) || wasOff;
  const isMore = before === undefined ? isOn : Number(after) >= Number(before) * MUCH_MORE;
  return [
    ...effect('flag-on', isMore && !isOff ? 'it switches other code on' : '', WEAK),
    ...effect('flag-off', isOff ? 'it switches code off' : '', WEAK),
  ];
}

/** Who answers from afar, and what answered here before. */
const REMOTE = /\b(?:remote|external|third[- ]party|hosted|rest api|http api|web ?service|online|saas|api)\b/i;
const HERE = /\b(?:local(?:ly)?|in-?process|embedded|bundled|in-?memory|on disk|offline|mmdb|file)\b/i;
const INSTEAD = /\b(?:instead of|no longer|replac\w{1,3}|rather than|not used|from .{1,60} to)\b|->|→|=>/i;

/** What a file or the process itself answered, another host answers. A flag that goes off undoes it. */
function ofRemote({ kind, text }: Pick<Change, 'kind' | 'text'>): Effect[] {
  const said = text.slice(0, LONGEST_SAID).replaceAll(/[_-]/g, ' ');
  if (!REMOTE.test(said) || !HERE.test(said) || !INSTEAD.test(text)) return [];
  const isOff = kind === 'flag' && switched({ kind, text }, []).some((one) => one.kind === 'flag-off');
  return effect('remote-call', isOff ? '' : 'it asks another host instead of a local file');
}

const LONGEST_SAID = 500;

/** A migration whose statements nobody showed, or whose statements are of no known kind. */
function ofMigration({ kind, text }: Pick<Change, 'kind' | 'text'>, statements: string): Effect[] {
  if (kind !== 'migration' || /^(?:INSERT|CREATE (?:TABLE|VIEW|TYPE|SEQUENCE|SCHEMA)|COMMENT)\b/i.test(statements))
    return [];
  const said = `${statements}\n${text}`;
  // It waits for nobody, and no statement expects that there is no index.
  if (WITHOUT_LOCK.test(said) && /\b(?:CREATE|ADD)\b.{0,20}INDEX\b/i.test(said)) return [];
  if (changesNothingOld(text, statements)) return [];
  return effect('any-migration', 'a migration changes what the failing statements expect');
}

const NAME = '["\'`:\\[]?([\\w.$]{1,80})';
const INDEX_COLUMNS =
  /\bINDEX(?:\s{1,8}CONCURRENTLY)?(?:\s{1,8}IF\s{1,8}NOT\s{1,8}EXISTS)?\s{1,8}["`]?([\w.$]{1,80})["`]?\s{1,8}ON\s{1,8}[^(\n]{1,120}\(([^)\n]{1,200})\)/gi;
/** Statements that hold a lock of the whole table while they run; SQL, Rails, Alembic, Django. */
const LOCKS_TABLE = new RegExp(
  [
    'ALTER\\s{1,8}TABLE',
    'LOCK\\s{1,8}TABLES?',
    'VACUUM\\s{1,8}FULL',
    'OPTIMIZE\\s{1,8}TABLE',
    // SQL Server and Azure SQL rebuild an index offline by default.
    'ALTER\\s{1,8}INDEX\\s{1,8}[\\w."`[\\]]{1,80}\\s{1,8}ON',
    'REINDEX(?:\\s{1,8}(?:TABLE|INDEX))?',
    'CREATE\\s{1,8}(?:UNIQUE\\s{1,8})?INDEX(?:\\s{1,8}IF\\s{1,8}NOT\\s{1,8}EXISTS)?\\s{1,8}[\\w."`]{1,80}\\s{1,8}ON',
    '(?:change_column\\w{0,20}|add_(?:index|column|foreign_key|reference)|create_index|alter_column|AlterField|AddField)\\b\\W{0,6}',
  ]
    .map((form) => `\\b${form}`)
    .join('|')
    .replace(/^/, '(?:')
    .replace(/$/, `)\\s{0,8}(?:IF\\s{1,8}EXISTS\\s{1,8}|ONLY\\s{1,8})?${NAME}`),
  'i',
);
const WITHOUT_LOCK =
  /\bCONCURRENTLY\b|algorithm:\s{0,3}:concurrently|concurrently:\s{0,3}true|ALGORITHM\s{0,3}=\s{0,3}IN(?:PLACE|STANT)|LOCK\s{0,3}=\s{0,3}NONE|\bONLINE\s{0,3}=\s{0,3}ON\b|\bREORGANIZE\b/i;
/** A statement that changes every row of a table. */
const EVERY_ROW =
  /^(?:UPDATE\s{1,8}["`]?([\w.$]{1,80})["`]?\s{1,8}SET\b|DELETE\s{1,8}FROM\s{1,8}["`]?([\w.$]{1,80}))(?![^;]{0,400}\bWHERE\b)/im;
const COLUMN_GONE = new RegExp(
  `\\b(?:(?:DROP|RENAME)\\s{1,8}COLUMN(?:\\s{1,8}IF\\s{1,8}EXISTS)?\\s{1,8}|DROP\\s{1,8}(?:TABLE|VIEW)(?:\\s{1,8}IF\\s{1,8}EXISTS)?\\s{1,8}|(?:remove|drop|rename)_?column\\b[^,\\n]{0,80},\\s{0,4}|(?:Remove|Rename)Field\\b.{0,80}?name\\s{0,2}=\\s{0,2}|ALTER\\s{1,8}TABLE\\s{1,8}[\\w."\`]{1,80}\\s{1,8}RENAME\\s{1,8}(?:TO\\s{1,8})?)${NAME}`,
  'i',
);
const CONSTRAINT = new RegExp(
  `\\b(?:ADD\\s{1,8}CONSTRAINT\\s{1,8}${NAME}|SET\\s{1,8}NOT\\s{1,8}NULL|NOT\\s{1,8}NULL|CREATE\\s{1,8}UNIQUE\\s{1,8}INDEX|ADD\\s{1,8}(?:UNIQUE|CHECK|FOREIGN\\s{1,8}KEY)|null:\\s{0,2}false|unique:\\s{0,2}true|change_column_null|add_foreign_key)`,
  'i',
);
const TYPE =
  /\bALTER\s{1,8}COLUMN\s{1,8}["`]?(\w{1,80})["`]?\s{1,8}(?:SET\s{1,8}DATA\s{1,8})?TYPE\b|\b(?:MODIFY|CHANGE)\s{1,8}(?:COLUMN\s{1,8})?["`]?(\w{1,80})|\bchange_column\b[^,\n]{0,80},\s{0,4}:?(\w{1,80})|\bAlterField\b/i;
const ROW_LIMIT =
  /\bLIMIT\s{1,8}[\d:?$%@]|\bFETCH\s{1,8}FIRST\b|\bTOP\s{0,3}\(?\d|\.(?:limit|take|setMaxResults|paginate|page|per)\(|\bPageable\b|\bPageRequest\b|\bpage_?size\b/gi;
/** An index on the column is no help for these. */
const UNINDEXABLE =
  /\b(?:lower|upper|date|trunc|date_trunc|to_char|coalesce|cast|md5|substr(?:ing)?)\s{0,2}\(\s{0,2}["`]?\w{1,40}\.?\w{1,40}["`]?|\bI?LIKE\s{1,4}(?:'%|\$|\?|:|CONCAT|")|\w::(?:text|date|varchar|int|numeric)\b|\b(?:iexact|icontains|contains|endswith)\s{0,2}=|\b\w{1,40}\.\w{1,60}\.(?:ToString|ToLower|ToUpper|ToLowerInvariant|ToUpperInvariant|Trim|Substring)\([^()\n]{0,40}\)\s{0,3}(?:[=!]=|\.(?:Equals|Contains|StartsWith)\()/gi;
/**
 * A function around a column of a condition: the index has the column's values, and not what the function makes of them.
 * https://learn.microsoft.com/en-us/sql/relational-databases/query-processing-architecture-guide
 */
const WRAPPED_COLUMN =
  /\b(?:(?:try_)?convert|extract|datepart|datediff|strftime)\s{0,2}\(\s{0,2}["']?[%\w-]{1,20}["']?(?:\(\d{1,4}\))?\s{0,2}(?:,|\bfrom\b)\s{0,2}["`[]?[a-z_]\w{0,40}(?:\.\w{1,40})?[^()\n]{0,60}\)\s{0,3}(?:[<>=!]|(?:between|in|like)\b)|\b(?:year|month|day|hour|isnull|ifnull|nvl|to_date|to_number|date_format|unix_timestamp|from_unixtime|round|abs|trim|ltrim|rtrim|replace|left|right|cast)\s{0,2}\(\s{0,2}["`[]?[a-z_]\w{0,40}(?:\.\w{1,40})?[^()\n]{0,60}\)\s{0,3}(?:[<>=!]|(?:between|in|like)\b)/gi;
/** The pattern of a text begins with anything: SQL's LIKE as code builds it, in many languages. */
const LEADING_WILDCARD =
  /["'`]%["'`]\s{0,3}(?:\+|\.\s?\$|\|\||<>|&\s)|["'`]%(?:[$#]\{|\{\w{1,60}\}%|\$[A-Za-z_]|%%s)|\bCONCAT\(\s{0,3}["']%["']\s{0,3},/g;
/** A text that begins with it before, and that holds it anywhere now: Entity Framework, Django, Prisma, MongoDB. */
const BEGINS_WITH =
  /\.(?:StartsWith|startsWith|starts_with)\(|__i?startswith\b|\bstartsWith\s{0,3}:|\$regex["']?\s{0,3}[:=]\s{0,3}["'`/]\^/;
const HOLDS =
  /\.(?:Contains|contains|includes|EndsWith|endsWith)\(|__i?(?:contains|endswith)\b|\b(?:contains|endsWith)\s{0,3}:|\$regex["']?\s{0,3}[:=]\s{0,3}(?!["'`/]\^)/;
/** Lucene's queries that read every term, as Elasticsearch, OpenSearch and Solr write them. */
const EVERY_TERM =
  /\b(?:[nN]ew)?[wW]ildcard(?:Query)?\(|\bWildcardQuery\w{0,10}\b|["']?\b(?:wildcard|regexp)\b["']?\s{0,3}:\s{0,3}\{|["'](?:wildcard|regexp)["']\s{0,3}:(?!\s{0,3}\{)|\b(?:[nN]ew)?[rR]egexp(?:Query)?\(|\banalyze_?wildcard\b["']?\s{0,3}[:=(]\s{0,3}true|\bquery_?[sS]tring(?:Query)?\b.{0,80}["'`]\*(?:[$#]?\{|%s|["'`]\s{0,3}(?:\+|\.\s?\$))/g;
/** A function of users for each row, or rows in an order by chance: SQL Server, MySQL, PostgreSQL. */
const BY_ROW = /\bdbo\.fn_\w{1,60}\s{0,3}\(|\bORDER\s{1,8}BY\s{1,8}(?:RAND|RANDOM|NEWID)\s{0,3}\(/gi;
/** MySQL, SQL Server, Oracle, MongoDB. */
const INDEX_HINT = /\b(?:USE|FORCE)\s{1,8}INDEX\b|\bWITH\s{0,3}\(\s{0,3}INDEX\b|\/\*\+\s{0,3}INDEX\b|\.hint\(/gi;
const OF_SQL =
  /\b(?:SELECT|WHERE|AND|FROM|ORDER BY|JOIN|UPDATE|DELETE)\b|\.(?:where|filter|query|find\w*|order)\b|@Query/i;

function ofSchema(sides: Sides, { indexesGone }: CodeChange): Effect[] {
  const { added, removed } = sides;
  const sql = { added: linesWith(added, OF_SQL), removed: linesWith(removed, OF_SQL) };
  const [rows] = [UNINDEXABLE, WRAPPED_COLUMN].flatMap((words) => moreIn(sql.added, sql.removed, words));
  const type = TYPE.exec(added);
  const locked = WITHOUT_LOCK.test(added) ? undefined : LOCKS_TABLE.exec(added);
  const every = EVERY_ROW.exec(added);
  const gone = COLUMN_GONE.exec(added)?.[1] ?? '';
  return [
    ...dropped(indexesGone[0]),
    ...effect('index-gone', named('it changes the columns of the index', otherColumns(sides))),
    ...effect(
      'unindexed-statement',
      rows === undefined ? '' : `it searches by “${rows.trim()}”, which no plain index serves`,
    ),
    ...effect(
      'unindexed-statement',
      isSearchedInside(sides) ? 'its search begins with a wildcard, which no plain index serves' : '',
    ),
    ...ofSearch(sides),
    ...effect('unlimited-statement', moreIn(removed, added, ROW_LIMIT).length > 0 ? 'it removes a limit of rows' : ''),
    ...effect('column-gone', named('it renames or drops', gone)),
    ...rowsGone(added),
    ...effect('new-constraint', CONSTRAINT.test(added) && !CONSTRAINT.test(removed) ? 'it adds a constraint' : ''),
    ...effect('narrower-type', type === null ? '' : 'it changes the type of a column'),
    ...locking(locked ? `it locks the table ${locked[1] ?? ''}`.trim() : '', locked?.[1]),
    ...locking(every ? `it changes every row of ${every[1] ?? every[2] ?? ''}` : '', every?.[1] ?? every?.[2]),
  ];
}

/** A statement that reads more than it did. */
function ofSearch({ added, removed }: Sides): Effect[] {
  return [
    ...effect(
      'unindexed-statement',
      moreIn(added, removed, EVERY_TERM).length > 0 ? 'its search compares every term of the index' : '',
    ),
    ...effect(
      'unindexed-statement',
      moreIn(added, removed, BY_ROW).length > 0 ? 'its query calls a function for each row' : '',
    ),
    ...effect('index-gone', moreIn(removed, added, INDEX_HINT).length > 0 ? 'it removes a hint for an index' : ''),
  ];
}

/** The whole text has to be read: nothing says how it begins. */
function isSearchedInside({ added, removed }: Sides): boolean {
  const isOtherMatch = BEGINS_WITH.test(removed) && !BEGINS_WITH.test(added) && HOLDS.test(added);
  return isOtherMatch || moreIn(added, removed, LEADING_WILDCARD).length > 0;
}

/** Rows that are deleted, or a table that is emptied. It counts where the failure names the table. */
const ROWS_GONE = /\b(?:DELETE\s{1,8}FROM|TRUNCATE(?:\s{1,8}TABLE)?)\s{1,8}["`]?(?:\w{1,80}["`]?\.["`]?)?(\w{3,80})/i;

function rowsGone(added: string): Effect[] {
  const table = ROWS_GONE.exec(added)?.[1] ?? '';
  return effect('rows-gone', named('it deletes rows of', table)).map((one) => ({ ...one, names: namesOfTable(table) }));
}

/** `price_lists` is `price list` in a message. */
function namesOfTable(table: string): readonly string[] {
  const words = table
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return [table.toLowerCase(), words, words.replace(/ies$/, 'y'), words.replace(/s$/, '')];
}

/** With the name of the table, if the change says it: a statement on another table cannot use the index. */
function dropped(index: DroppedIndex | undefined): Effect[] {
  if (index === undefined) return [];
  const what = index.name === '' ? 'an index' : `the index ${index.name}`;
  const of = index.table === '' ? '' : ` of ${index.table}`;
  return effect('index-gone', `it drops ${what}${of}`).map((one) => ({
    ...one,
    table: index.table,
    index: index.name,
  }));
}

function locking(text: string, table = ''): Effect[] {
  return effect('locking-migration', text).map((one) => ({ ...one, table }));
}

function named(what: string, name: string): string {
  return name === '' ? '' : `${what} ${name}`;
}

/** The name of an index that is made with other columns than before. */
function otherColumns({ added, removed }: Sides): string {
  const before = new Map(Array.from(removed.matchAll(INDEX_COLUMNS), ([, name = '', columns = '']) => [name, columns]));
  for (const [, name = '', columns = ''] of added.matchAll(INDEX_COLUMNS))
    if (before.has(name) && before.get(name) !== columns) return name;
  return '';
}

function linesWith(text: string, words: RegExp): string {
  return text
    .split('\n')
    .filter((line) => words.test(line))
    .join('\n');
}

/** Work that ran side by side: Go, JavaScript, Python, Java, Kotlin, .NET, Rust, Ruby, Elixir. */
const PARALLEL =
  /\berrgroup\b|\bWaitGroup\b|\bg\.Go\(|\bgo func\b|\bPromise\.all(?:Settled)?\b|\basyncio\.(?:gather|wait)\b|\bTaskGroup\b|\bCompletableFuture\b|\bsupplyAsync\b|\binvokeAll\b|\bTask\.WhenAll\b|\bParallel\.\w|\bparallelStream\b|\.par_iter\b|\bjoin_all\b|\btry_join\w*!|\bThreadPoolExecutor\b|\bconcurrent\.futures\b|\bawaitAll\b|\basync_stream\b|\bpMap\b|\bThread\.new\b|\bConcurrent::|@Async\b/g;
/** Entity Framework Core, Hibernate, Spring Boot, SQLAlchemy. */
const LAZY =
  /\bUseLazyLoadingProxies\(|\bFetchType\.LAZY\b|\bopen-in-view\b["']?\s{0,3}[=:]\s{0,3}true\b|\blazy\s{0,3}=\s{0,3}["'](?:select|raise|dynamic)["']|\blazyload\(/g;
const LOCK =
  /\bsynchronized\b|\b(?:Reentrant|ReadWrite|RW)?Lock\(|\.(?:[Ll]ock|acquire)\(|\bMutex\b|\bFOR\s{1,8}(?:UPDATE|SHARE)\b|\bSERIALIZABLE\b|\bwith_lock\b|\bselect_for_update\b|\bPESSIMISTIC_WRITE\b|\blockForUpdate\b|\bSemaphore\(\s{0,3}1\s{0,3}\)|@Transactional\b|\bpg_advisory\w*lock\b/g;
const WAIT =
  /\b(?:Thread\.|time\.|asyncio\.|Task\.)?(?:[Ss]leep|Delay|usleep)\s{0,2}\(|\bwaitFor\w*\(|\.(?:Result|Wait\(\)|GetAwaiter\(\)|block\(\)|join\(\))|\b\w{1,40}Sync\(/g;
const CACHE =
  /@Cacheable\b|\b\w{0,20}[Cc]ache\w{0,10}\.(?:get\w*|fetch|read|lookup|remember|put|set)\(|\b[Cc]ache(?:d|able)?\(|\bRails\.cache\b|\blru_cache\b|\bmemoi[sz]e\b|\bgetOrSet\b|\bMemoryCache\b|\bproxy_cache\b/g;
const RETRIES = /@Retry\w*|\b\w{0,20}[Rr]etr(?:y|ies)\w{0,20}\b|\bbackoff\b|\btenacity\b|\bPolly\b/g;
const ROUTE =
  /^\s{0,20}-?\s{0,4}(?:host|path|prefix|location|server_name|route|match|uri)\b\s{0,3}[:{ ]|@(?:Get|Post|Put|Delete|Patch|Request)Mapping\b|\b(?:router|app|r|mux|e)\.(?:get|post|put|delete|patch|GET|POST|Handle\w*|use)\(|\bRoute::|^\s{0,8}(?:get|post|resources|resource|path)\s{1,2}['":(]/gim;
const SETTING =
  /^\s{0,20}(?:-\s{1,3}name:\s{0,3}|export\s{1,3}|ENV\s{1,3})?["']?([A-Z][A-Z0-9_]{3,60})["']?\s{0,3}(?:[=:]|$)/gm;
const LOG_LEVEL = /\b(?:debug|trace|all|verbose|finest)\b/i;
const OF_LOGS = /\blog|level|sampl/i;
const SAMPLING = /sampl|trace_?ratio|traces_?rate/i;

function ofCode(sides: Sides, code: CodeChange): Effect[] {
  const { added, removed } = sides;
  const isGone = (words: RegExp) => moreIn(removed, added, words).length > 0;
  const isNew = (words: RegExp) => moreIn(added, removed, words).length > 0;
  const [waits = ''] = moreIn(added, removed, WAIT);
  return [
    ...ofCalls(code),
    ...effect('eager-gone', isNew(LAZY) ? 'it loads related rows when they are read' : ''),
    ...effect('parallel-gone', isGone(PARALLEL) ? 'it does one after another what ran in parallel' : ''),
    ...effect('new-lock', isNew(LOCK) ? 'it takes a lock' : ''),
    ...effect('new-wait', named('it waits in', waits.replace(/\W{1,40}$/, ''))),
    ...effect('cache-gone', isGone(CACHE) || isOff(sides, /cache/i) ? 'it no longer uses a cache' : ''),
    ...effect('cache-gone', forbidsCaches(sides) ? 'it forbids caches to keep its answers' : ''),
    ...effect('other-cache-keys', code.movesCacheKeys ? 'it changes the keys of the cache' : ''),
    ...effect('more-retries', isNew(RETRIES) ? 'it retries more' : ''),
    ...effect('more-logs', logsMore(sides, code) ? 'it writes more to the log' : ''),
    ...effect('route-gone', isGone(ROUTE) ? 'it removes a route' : ''),
    ...effect('setting-gone', named('it removes the setting', settingGone(sides))),
    ...effect('other-credentials', named('it replaces the value of', otherSecret(sides))),
    ...effect('other-lock-order', code.movesLocks ? 'it takes the same locks in another order' : ''),
    ...effect('never-closed', named('it never closes what it opens by', code.opensOnly)),
    ...code.versions.flatMap(ofVersion),
    ...ofSchedule(sides),
  ];
}

/** A major version may do everything in another way; a smaller one should not. */
function ofVersion({ name, before, after, isMajor }: VersionChange): Effect[] {
  return effect('other-version', `it takes ${name} ${after} instead of ${before}`, isMajor ? 1 : WEAK / 2);
}

function ofCalls({ guardsGone, eagerGone, callsInLoop, grows, closesGone, callsGone }: CodeChange): Effect[] {
  const [eager, looped, grown, gone] = [eagerGone, callsInLoop, grows, callsGone].map(([first = '']) => first);
  return [
    ...effect('guard-gone', guardsGone > 0 ? 'it removes a check for a missing value' : ''),
    ...effect('eager-gone', eager ? `it no longer loads all at once (${eager})` : ''),
    ...effect('calls-in-loop', looped ? `it calls ${looped} for each item of a loop` : ''),
    ...effect('grows', grown ? `it fills ${grown} and never empties it` : ''),
    ...effect('close-gone', closesGone ? 'it no longer releases what it acquires' : ''),
    ...effect('call-gone', gone ? `it no longer calls ${gone}` : ''),
  ];
}

function settingGone({ added, removed }: Sides): string {
  const left = new Set(Array.from(added.matchAll(SETTING), ([, name]) => name));
  const gone = Array.from(removed.matchAll(SETTING), ([, name = '']) => name);
  return gone.find((name) => !left.has(name)) ?? '';
}

/** `SENDGRID_API_KEY=…`, `db.password: …`: a setting that holds a secret. */
const SECRET_SETTING =
  /^\W{0,8}(?:export\s{1,3})?((?:[A-Za-z\d]{1,40}[_.-]){0,6}(?:api|access|secret|private|signing|auth|account)[_-]?keys?|(?:[A-Za-z\d]{1,40}[_.-]){0,6}(?:tokens?|secrets?|passwords?|passwd|credentials?))["']?\s{0,3}[:=]\s{0,3}\S/i;

/** The setting of a secret that has another value than before; what the values are is not read. */
function otherSecret({ added, removed }: Sides): string {
  const settings = (text: string) =>
    text.split('\n').flatMap((line): [string, string][] => {
      const name = SECRET_SETTING.exec(line)?.[1];
      return name === undefined ? [] : [[name, line]];
    });
  const before = new Map(settings(removed));
  const [name = ''] = settings(added).find(([one, line]) => before.has(one) && before.get(one) !== line) ?? [];
  return name;
}

const ON = /\b(?:true|on|yes|enabled|1)\b/i;
const OFF = /\b(?:false|off|no|disabled|none|0)\b/i;

/** A switch with this name that was on and is off. */
function isOff({ added, removed }: Sides, name: RegExp): boolean {
  return ON.test(linesWith(removed, name)) && OFF.test(linesWith(added, name)) && !OFF.test(linesWith(removed, name));
}

/** RFC 9111, 5.2.2: what an answer's Cache-Control says to caches that many clients share. */
const KEPT = /\b(?:s-maxage|max-age)\s{0,3}=\s{0,3}[1-9]|\bpublic\b/i;
const NOT_KEPT = /\b(?:no-store|no-cache|private)\b|\b(?:s-maxage|max-age)\s{0,3}=\s{0,3}0(?!\d)/i;
const CACHE_CONTROL = /cache-?_?control|surrogate-control/i;

function forbidsCaches({ added, removed }: Sides): boolean {
  const before = linesWith(removed, CACHE_CONTROL);
  return KEPT.test(before) && !NOT_KEPT.test(before) && NOT_KEPT.test(linesWith(added, CACHE_CONTROL));
}

/** Levels that leave most lines out. */
const QUIET_LEVEL = /^(?:info|information|notice|warn|warning|error|fatal|critical|off)$/i;

function logsMore({ added, removed }: Sides, { limits }: CodeChange): boolean {
  const isLevel = LOG_LEVEL.test(linesWith(added, OF_LOGS)) && !LOG_LEVEL.test(linesWith(removed, OF_LOGS));
  // A logger's own line may have only its name: `root: INFO`.
  const isOfLogger = replacedNames({ added, removed }).some(
    ({ before, after }) => QUIET_LEVEL.test(before) && LOG_LEVEL.test(after),
  );
  return (
    isLevel ||
    isOfLogger ||
    limits.some(({ text, before, after }) => SAMPLING.test(text) && after >= before * MUCH_MORE)
  );
}

const HOSTS = /:\/\/|^[\w-]{1,60}(?:\.[\w-]{1,60}){1,8}(?::\d{2,5})?$|^[\w.-]{1,80}:\d{2,5}$/;
const OF_HOSTS = /\b\w{0,40}(?:host|url|uri|endpoint|addr|server|upstream|dns|broker|bootstrap)\w{0,40}/i;
/** `DB_PORT`, `redisPort`; not `support`, `report`, `transport`. */
const OF_PORTS = /(?<![A-Za-z])(?:ports?|PORTS?)(?![A-Za-z])|[a-z]Ports?(?![a-z])/;
const OF_SOURCES =
  /\b\w{0,40}(?:alias|index|table|topic|queue|bucket|collection|database|schema|dataset|catalog|replica|subject|stream|namespace|template)\w{0,40}/i;
/** A model that computes answers: its own time, its memory and what it answers are others. */
const OF_MODELS =
  /^\W{0,8}(?:\w{1,40}[_.-])?(?:model|encoder|embedder|embeddings?|reranker|checkpoint|weights)(?:[_-]?(?:name|id|path|version|uri|file|revision))?["']?\s{0,3}[:=]/i;
const NETWORK =
  /\bNetworkPolicy\b|^\s{0,20}-?\s{0,4}(?:ingress|egress|podSelector|cidr|cidr_blocks|security_groups?|from_port|to_port)\b|\biptables\b|\bfirewall\b|\bPeerAuthentication\b|\bAuthorizationPolicy\b|\bmtls\b|\bvpc_?config\b|^\s{0,20}-?\s{0,4}vpc["']?\s{0,3}[:={]|\bvpc_?(?:connector|access|endpoint)\w{0,20}|\b(?:subnet|security_?group)_?ids?\b|(?:\b|_)(?:nat_?gateway|router_?nat|route_?table|internet_?gateway)\w{0,12}|\begress_?settings?\b|\bvirtual_?network_?subnet\w{0,5}|\bvnet_?route_?all\w{0,10}/im;

/** Objects of which every line decides on connections. */
const OF_NETWORK = /\bkind:\s{0,3}(?:NetworkPolicy|PeerAuthentication|AuthorizationPolicy)\b/;

/** `basePrice: { amount: …, currency: … }`: what a renamed field holds. Its readers fail at that, `reading 'amount'`. */
function heldBy(name: string, line: string): readonly string[] {
  const [, held] = line.split(`${name}: {`);
  return held?.match(/(?<![\w$])[A-Za-z_$][\w$]{3,80}(?=["']?\s{0,2}:)/g) ?? [];
}

function ofNames(sides: Sides, { movesImage }: CodeChange, context: string): Effect[] {
  const { added, removed } = sides;
  const both = `${removed}\n${added}`;
  const names = replacedNames(sides).filter((one) => !isOfPeople(one));
  const renamed = names.map(({ before, after, line }): Effect => {
    const text = `it replaces “${before}” by “${after}”`;
    if (OF_MODELS.test(line))
      return { kind: 'other-model', text: `it takes the model “${after}” instead of “${before}”`, strength: 1 };
    if (isOneName(before, after))
      return { kind: 'other-name', text, strength: 1, names: [before, after, ...heldBy(after, line)] };
    if (HOSTS.test(after) || ((OF_HOSTS.test(line) || OF_PORTS.test(line)) && !line.includes(`${after}(`)))
      return { kind: 'other-host', text, strength: 1 };
    if (namesReader(line))
      return { kind: 'other-source', text: `it reads as “${after}” instead of “${before}”`, strength: 1 };
    if (OF_SOURCES.test(line) || /\bv?\d+$/.test(after)) return { kind: 'other-source', text, strength: 1 };
    return { kind: 'other-name', text, strength: 1, names: [before, after, ...heldBy(after, line)] };
  });
  return [
    ...effect('other-version', otherBase(sides) ? 'it takes another base image' : '', WEAK),
    ...smallerMachine(removed, added),
    ...effect('other-resolver', RESOLVES.test(both) ? 'it changes how names are resolved' : ''),
    ...effect('other-image', movesImage ? 'it changes the image or what may pull it' : ''),
    ...renamed,
    ...movedPort(sides),
    ...effect('other-labels', otherLabels(sides, context) ? 'it changes the labels by which pods are selected' : ''),
    ...effect(
      'other-network',
      NETWORK.test(both) || OF_NETWORK.test(context) ? 'it changes which connections are allowed' : '',
    ),
  ];
}

/** Kubernetes' dnsConfig, CoreDNS' Corefile, resolv.conf(5), nginx. */
const RESOLVES =
  /\bndots\b|\bdns(?:Config|Policy)\b|\bname_?servers?\b|\bsearches:|\bforward \. |^\s{0,12}resolver\s{1,4}[\d[]/im;
const BASE_IMAGE = /^FROM\s{1,4}([\w./:-]{2,200})/m;

/** Another name or tag; another digest of the same tag holds repairs. */
function otherBase({ added, removed }: Sides): boolean {
  const [before, after] = [removed, added].map((text) => BASE_IMAGE.exec(text)?.[1] ?? '');
  return before !== '' && after !== '' && before !== after;
}

const PROBES = /\b(?:readiness|liveness|startup)_?-?(?:probe|check)\b|\bhealth_?-?check\b/i;
/** What a probe of Kubernetes, of Compose or of a load balancer asks. */
const ASKED =
  /^\W{0,4}(?:path|port|scheme|command|test|uri|service|request_path|health_?check_?path)["']?\s{0,3}[:=]/im;

/** A probe asks another path or another port. */
function asksOtherwise({ added, removed }: Sides, context: string): boolean {
  return ASKED.test(added) && ASKED.test(removed) && PROBES.test(`${context}\n${removed}`);
}

const SETTINGS_FROM = /\b(?:configMap|secret)(?:Ref|KeyRef|Name)?\b|\benv_?[fF](?:rom|ile)\b|\bEnvironmentFile\b/;

/** A container takes its settings from another place: what the old one had may be missing. */
function ofSettings(sides: Sides, context: string): Effect[] {
  const [one] = replacedNames(sides);
  const isOfSettings = SETTINGS_FROM.test(`${context}\n${sides.removed}\n${sides.added}`);
  const text = `it takes settings from ${one?.after} instead of ${one?.before}`;
  return effect('other-settings', one && isOfSettings ? text : '');
}

const ACCESS = new Set(
  'token secret auth role scope permission policy cert certificate credential password signature tls ssl audience issuer grant jwt oauth acl iam truststore keystore'.split(
    ' ',
  ),
);
/** Words for techniques that save work. */
const SHORTCUTS = new Set('cache cached batch bulk index prefetch preload memoize memo paginate eager'.split(' '));

/** Settings of who may do what; in code these words have many meanings. */
const SETTINGS = /^(?:\+\+\+ b\/|@@ )\S{1,300}\.(?:ya?ml|json|tf|hcl|toml|ini|conf|cfg|env|properties|cnf|xml)\b/m;

function ofWords({ kind, diff }: Pick<Change, 'kind' | 'diff'>, { words, pathWords, fewer }: CodeChange): Effect[] {
  const strength = kind === 'config' || SETTINGS.test(diff) ? 1 : WEAK;
  const isOfAccess = [...words, ...pathWords].some((word) => ACCESS.has(word));
  const shortcut = [...fewer].find((word) => SHORTCUTS.has(word));
  return [
    ...effect('other-credentials', isOfAccess ? 'it changes credentials or permissions' : '', strength),
    ...effect('shortcut-gone', shortcut === undefined ? '' : `it uses less of “${shortcut}”`, WEAK),
  ];
}
