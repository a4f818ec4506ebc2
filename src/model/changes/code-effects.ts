/** What changed code does, by the forms of many languages: what is inside of a transaction, of a loop, of a pattern. */
import { containerSettings } from '#model/changes/container-settings.ts';
import { costlierMedia } from '#model/changes/costlier-media.ts';
import { diffLines, textOfMark } from '#model/changes/diff-lines.ts';
import { type Effect, effect, moreIn, type Sides, WEAK } from '#model/changes/effect.ts';
import { endlessTasks } from '#model/changes/endless-tasks.ts';
import { endlessWork } from '#model/changes/endless-work.ts';
import { callsUnderLock } from '#model/changes/held-locks.ts';
import { ofTransactions } from '#model/changes/held-transactions.ts';
import { largerAnswers } from '#model/changes/larger-answers.ts';
import { loggedSecrets } from '#model/changes/logged-secrets.ts';
import { openedClients } from '#model/changes/opened-clients.ts';
import { effectsPerMessage } from '#model/changes/per-message.ts';
import { permissionsGone } from '#model/changes/permissions.ts';
import { placementSettings } from '#model/changes/placement-settings.ts';
import { relatedRows } from '#model/changes/related-rows.ts';
import { echoedMessages, requeuedMessages } from '#model/changes/requeued-messages.ts';
import { runtimeLimits } from '#model/changes/runtime-limits.ts';
import { serialWork } from '#model/changes/serial-work.ts';
import { settingEffects } from '#model/changes/setting-effects.ts';
import {
  crossedRows,
  derivedQueries,
  rawRows,
  searchedByKey,
  slowerStatements,
} from '#model/changes/slower-statements.ts';
import { stricterContracts } from '#model/changes/stricter-contracts.ts';
import { unboundedWaits } from '#model/changes/unbounded-waits.ts';
import { uncheckedEffects } from '#model/changes/unchecked-code.ts';

export function codeEffects(diff: string, sides: Sides, pathWords: readonly string[]): Effect[] {
  const { added, removed } = sides;
  const lines = diffLines(diff);
  const context = textOfMark(lines, ' ');
  const [underLock = ''] = callsUnderLock(lines);
  const isAsync = /\basync\b|\bawait\b/.test(diff);
  const blocking = isAsync && !BLOCKS.test(removed) ? (BLOCKS.exec(added)?.[0] ?? '') : '';
  const isWhole = moreIn(added, removed, WHOLE_TABLE).length > 0;
  const isUnbounded = UNBOUNDED.test(added) && !UNBOUNDED.test(removed);
  return [
    ...ofTransactions(lines),
    ...effect('new-lock', underLock && `it calls ${underLock} while it holds a lock`),
    ...serialWork(sides),
    ...costlierMedia(sides),
    ...relatedRows(lines),
    ...openedClients(lines),
    ...slowerStatements(sides),
    ...rawRows(sides),
    ...searchedByKey(sides),
    ...derivedQueries(sides),
    ...crossedRows(sides),
    ...largerAnswers(sides),
    ...effect('new-wait', blocking && `it blocks in ${blocking.replace(/\W{1,40}$/, '')}, inside of asynchronous code`),
    ...effect('unlimited-statement', isWhole ? 'it loads all rows before it selects some' : ''),
    ...effect('grows', isUnbounded ? 'it keeps results without a limit' : ''),
    ...staysForever(sides),
    ...endlessWork(sides),
    ...requeuedMessages(sides),
    ...echoedMessages(diff),
    ...endlessTasks(sides),
    ...otherFormat(sides),
    ...otherTrust(sides),
    ...uncheckedEffects(sides),
    ...effectsPerMessage(sides),
    ...ofKeys(diff, sides, pathWords),
    ...ofRequests(sides),
    ...effect('more-retries', moreAttempts(sides)),
    ...effect('fewer-workers', ofProcessors(sides), WEAK),
    ...effect('more-messages', messagesPerItem(sides)),
    ...ofPatterns(sides),
    ...effect('other-primary', isMadeReadOnly(sides) ? 'it lets nobody write' : ''),
    ...otherShapes(sides),
    ...effect('smaller-answer', selectsLess(sides) ? 'it selects by one more condition' : ''),
    ...newStatements(sides),
    ...effect('other-consistency', CONSISTENCY.test(added) ? 'it changes which replicas answer, or wait' : ''),
    ...effect('grows', PER_ENTITY.test(added) && !PER_ENTITY.test(removed) ? 'it keeps a metric for each entity' : ''),
    ...effect('costlier-work', collectsItself(sides) ? 'it starts the garbage collection itself' : ''),
    ...blankValues(sides),
    ...handlingGone(sides),
    ...settingEffects(sides),
    ...runtimeLimits(sides, context),
    ...containerSettings(sides, context),
    ...placementSettings(sides),
    ...permissionsGone(sides),
    ...stricterContracts(sides),
    ...loggedSecrets(sides),
    ...unboundedWaits(sides),
    ...effect('cold-cache', moreIn(added, removed, EMPTIES).length > 0 ? 'it empties a cache' : ''),
  ];
}

/** What empties a whole cache, as commands and code say it: Symfony, Laravel, Redis, memcached, Rails, Django, Drupal, CDNs. */
const EMPTIES =
  /\bcache:(?:pool:)?(?:clear|flush)\b|\bflush_?(?:all|db)\b|\bRails\.cache\.clear\b|\bCache::(?:flush|clear)\(|\b(?:caches\[[^\]\n]{1,40}\]|cache)\.clear\(\)|\bdrush\s{1,3}(?:cr|cache[:-]rebuild)\b|\bwp cache flush\b|\bpurge_everything\b/gi;

/** When a key of a store expires: Redis' commands and options, and what its clients call them. */
const EXPIRY =
  /\bp?setex\s{0,2}\(|\bp?expire(?:_?at)?\s{0,2}\(|\b(?:ex|px|ttl|expires?_?in|expiration|expiry)["']?\s{0,3}[=:]|["'](?:EX|PX)["']/gi;
/** A key is written: clients of Redis, Valkey and Memcached. */
const STORES_KEY =
  /\b(?:redis|rdb|valkey|memcached?|cache|client|kv)\w{0,20}\.(?:p?setex|m?set|hset|put|add)\s{0,2}\(/i;
/** go-redis: no expiration. */
const NO_EXPIRATION = /\b(?:redis|rdb|valkey|client)\w{0,20}\.Set\(ctx,.{1,160},\s{0,3}0\)/;

/** Keys that expired before, or new ones, stay until somebody deletes them. */
function staysForever({ added, removed }: Sides): Effect[] {
  const isNew = NO_EXPIRATION.test(added) && !NO_EXPIRATION.test(removed);
  const isChanged = moreIn(removed, added, EXPIRY).length > 0 && STORES_KEY.test(added) && STORES_KEY.test(removed);
  return effect('grows', isNew || isChanged ? 'it stores keys that never expire' : '');
}

/** What a statement reads or writes: SQL, and a call on a collection or a model of an ORM. */
const TABLE = /\b(?:from|join|into|update)\s{1,4}["'`]?(?:\w{1,60}\.)?([a-z_]\w{2,60})/gi;
const COLLECTION =
  /\b(?:db\.)?([A-Za-z_]\w{2,60})\.(?:find\w{0,10}|aggregate|where|filter|select|count\w{0,10}|query|order_by|objects)\b/g;
const STATEMENT = /\b(?:select|insert|update|delete|with)\b.{0,400}\b(?:from|join|into|set)\b/i;

/** Statements that it adds. They count where what is slow names their table. */
function newStatements({ added, removed }: Sides): Effect[] {
  const before = new Set(tablesIn(removed));
  return tablesIn(added)
    .filter((table) => !before.has(table))
    .map(
      (table): Effect => ({
        kind: 'new-statement',
        text: `it adds a statement on ${table}`,
        strength: WEAK,
        names: [table],
      }),
    );
}

const MOST_STATEMENTS = 20;

function tablesIn(text: string): readonly string[] {
  const names = text.split('\n').flatMap((line) => {
    const ofSql = STATEMENT.test(line) ? Array.from(line.matchAll(TABLE), ([, name = '']) => name) : [];
    return [...ofSql, ...Array.from(line.matchAll(COLLECTION), ([, name = '']) => name)];
  });
  return [...new Set(names.map((name) => name.toLowerCase()))].slice(0, MOST_STATEMENTS);
}

/** MongoDB, Cassandra, Kafka, SQL Server, PostgreSQL, Redis, InnoDB. */
const CONSISTENCY =
  /\bread_?-?preference\b|\b(?:read|write)_?concern\b|\bconsistency\b|^\W{0,8}(?:w|j|acks)["']?\s{0,3}[:=]|\bmin\.insync\.replicas\b|\bapplication_?intent\b|\btarget_session_attrs\b|\bsynchronous_commit\b|\bappendfsync\b|\binnodb_flush_log_at_trx_commit\b|\bsync_binlog\b/im;

/** Prometheus, Micrometer, StatsD: each value of a label is a series of its own, which stays. */
const PER_ENTITY =
  /\b(?:gauges?|counters?|timers?|histograms?|registry|meter|labels|withLabelValues|tags?)\b.{0,80}(?:\b\w{1,30}\.(?:id|uuid|email)\b|\b\w{1,30}(?:_id|Id|ID)\b)/;

/** Java, .NET, Python, Ruby, Go, PHP, Node.js, Lua. */
const COLLECTS =
  /\b(?:System|getRuntime\(\))\.gc\(|\bGC\.(?:Collect\(|start\b)|\bgc\.collect\(|\bruntime\.GC\(|\bdebug\.FreeOSMemory\(|\bgc_collect_cycles\(|\bglobal(?:This)?\.gc\(|\bcollectgarbage\(/;

function collectsItself({ added, removed }: Sides): boolean {
  return COLLECTS.test(added) && !COLLECTS.test(removed);
}

const BLANK =
  /["']?([A-Za-z_][\w.-]{2,60})["']?\s{0,3}[:=]\s{0,3}(?:null|nil|None|~|""|'')\s{0,3}[,}\]]?\s{0,3}(?:[,}\]]|$)/gm;

/** Values that it leaves blank. They count where the failure names them. */
function blankValues({ added, removed }: Sides): Effect[] {
  const namesIn = (text: string) => new Set(Array.from(text.matchAll(BLANK), ([, name = '']) => name));
  return [...namesIn(added).difference(namesIn(removed))].map(
    (name): Effect => ({ kind: 'setting-gone', text: `it leaves “${name}” blank`, strength: 1, names: [name] }),
  );
}

/** A branch for one status of HTTP, or for one exception: Python, JavaScript, Java, C#, Go, Ruby. */
const HANDLES_STATUS =
  /\bstatus(?:_?code)?(?:\(\))?\b\W{0,4}(?:===?|in\b|eq\b)\W{0,4}([45]\d\d)\b|\bcase\s{1,3}([45]\d\d)\b/gi;
const HANDLES_EXCEPTION = /\b(?:except|catch|rescue)\b\s{0,3}\(?\s{0,3}(?:final\s)?([A-Za-z_][\w.]{3,80})/g;
/** They catch nearly everything, so their name says nothing. */
const ANY_EXCEPTION = /^(?:Exception|StandardError|Throwable|BaseException|RuntimeException|error|Error|err)$/;

/** Failures that it handled before. They count where just this fails now. */
function handlingGone({ added, removed }: Sides): Effect[] {
  const handled = (text: string) => [
    ...Array.from(text.matchAll(HANDLES_STATUS), ([, status, ofCase]) => status ?? ofCase ?? ''),
    ...Array.from(text.matchAll(HANDLES_EXCEPTION), ([, name = '']) => name.split('.').at(-1) ?? '').filter(
      (name) => !ANY_EXCEPTION.test(name),
    ),
  ];
  const left = new Set(handled(added));
  return [...new Set(handled(removed))]
    .filter((name) => !left.has(name))
    .map(
      (name): Effect => ({ kind: 'handling-gone', text: `it no longer handles ${name}`, strength: 1, names: [name] }),
    );
}

/** PostgreSQL's `default_transaction_read_only`, MySQL's `read_only`, Redis' `replica-read-only`, Elasticsearch's blocks. */
const READ_ONLY = /(?:^|[^a-z])read[_.-]?only\w{0,20}["']?\s{0,3}[=:]\s{0,3}["']?(?:1|on|true|yes)\b/i;

function isMadeReadOnly({ added, removed }: Sides): boolean {
  return READ_ONLY.test(added) && !READ_ONLY.test(removed);
}

/** SQL, and the query builders of ORMs. */
const SELECTS = /\bwhere\b|\.(?:filter|find|findAll|findMany|query)\(/i;
const CONDITION = /\band\b|&&|\.(?:where|filter|and|andWhere)\(/gi;

function selectsLess({ added, removed }: Sides): boolean {
  return SELECTS.test(added) && SELECTS.test(removed) && moreIn(added, removed, CONDITION).length > 0;
}

/** `weight: parcel.grams,` and the kind of what it holds: an object, a list, a text, a number, or a name. */
const FIELD =
  /^["']?([A-Za-z_$][\w$]{2,60})["']?\s{0,3}:\s{0,3}(\{|\[|["'`]|-?\d|(?:String|Number|parseInt|parseFloat|JSON\.stringify)\()?/;
const MOST_FIELDS = 200;

/** Fields of a message or of an answer that hold another kind of value than before: their readers fail at them. */
function otherShapes({ added, removed }: Sides): Effect[] {
  const shapesIn = (text: string) =>
    new Map(
      text
        .split('\n')
        .slice(0, MOST_FIELDS)
        .flatMap((line): [string, string][] => {
          const [, name, shape = ''] = FIELD.exec(line) ?? [];
          return name === undefined ? [] : [[name, shape]];
        }),
    );
  const before = shapesIn(removed);
  const isOther = ([name, shape]: [string, string]) => before.has(name) && before.get(name) !== shape && shape !== '';
  return [...shapesIn(added)].filter(isOther).map(
    ([name]): Effect => ({
      kind: 'other-format',
      text: `it changes what “${name}” holds`,
      strength: 1,
      names: [name],
    }),
  );
}

function otherFormat({ added, removed }: Sides): Effect[] {
  const [now, before] = [new Set(added.match(WRITES)), new Set(removed.match(WRITES))];
  const isOther = before.size > 0 && now.size > 0 && !before.isSubsetOf(now);
  return [
    ...effect('other-format', isOther ? 'it writes values by another serializer or in another culture' : ''),
    ...effect('other-format', moreIn(added, removed, DATE_FORM).length > 0 ? 'it writes times in another form' : ''),
  ];
}

/** Clients that hold their thread until the answer is there: Python's requests and urllib, .NET, Java's RestTemplate. */
const BLOCKS =
  /\brequests\.(?:get|post|put|delete|patch|request|head)\(|\burllib\.request\.urlopen\(|\bhttpx\.(?:get|post|put|delete|patch)\(|\btime\.sleep\(|\brunBlocking\b|\bRestTemplate\b|\b(?:exec|readFile|writeFile|pbkdf2|scrypt)Sync\(/;

/**
 * All rows, before any condition: Entity Framework (“client evaluation”), ActiveRecord, Django, Sequelize, Spring Data,
 * MongoDB's cursors.
 */
const WHOLE_TABLE =
  /(?<!(?:Where|where|filter|Filter|Take|take|limit|Limit|First|first|find_by)\b.{0,300})(?:\.ToList(?:Async)?\(\s{0,3}\)|\.ToArray(?:Async)?\(\s{0,3}\)|\.As(?:Async)?Enumerable\(\s{0,3}\)|\.to_a\b|\.findAll\(\s{0,3}\)|\.objects\.all\(\s{0,3}\)|\.fetchall\(\s{0,3}\)|\.find\(\s{0,3}(?:\{\s{0,3}\})?\s{0,3}\)\.toArray\()/g;

/** Caches and queues without a limit: functools, Guava, java.util.concurrent, Python's queue. */
const UNBOUNDED =
  /\blru_cache\(\s{0,3}(?:maxsize\s{0,3}=\s{0,3})?None\b|@(?:functools\.)?cache\b|\bnewCachedThreadPool\(|\bLinkedBlockingQueue(?:<[^>]{0,40}>)?\(\s{0,3}\)|\bmax_?size\s{0,3}[=:]\s{0,3}(?:None|null|-1|0)\b|[=:(,]\s{0,3}Infinity\b/i;

/** Rails, Bean Validation, JSON Schema, Joi, Zod, pydantic, class-validator. */
const VALIDATES =
  /\bvalidates?\b|\bformat:\s{0,3}\{|@(?:Pattern|Size|NotNull|NotBlank|NotEmpty|Min|Max|Email|Valid|Is[A-Z]\w{2,20})\b|["']?(?:pattern|minLength|maxLength|minimum|maximum|required|additionalProperties)["']?\s{0,3}[:=]|\bJoi\.|\bz\.\w{2,20}\(|\bconstr\(|\.(?:matches|regex)\(/g;

/** Go's goroutines and .NET's tasks that get what ends with the request: its context, its cancellation token. */
const IN_BACKGROUND = /\bgo\s{1,3}(?:func\b|[\w.]{2,80}\()|\bTask\.Run\(/;
const ENDS_WITH_REQUEST = /\bctx\b|\b[cC]ancellationToken\b|\br\.Context\(\)/;
const ENDS_LATER = /\bWithoutCancel\b|\bcontext\.Background\(|\bCancellationToken\.None\b/;

function ofRequests(sides: Sides): Effect[] {
  const isStricter = moreIn(sides.added, sides.removed, VALIDATES).length > 0;
  return [
    ...effect('shorter-timeout', outlivesRequest(sides) ? 'its work goes on when its request is over' : ''),
    ...effect('stricter-input', isStricter ? 'it accepts fewer inputs' : ''),
  ];
}

export function outlivesRequest({ added, removed }: Sides): boolean {
  const isNew = IN_BACKGROUND.test(added) && !IN_BACKGROUND.test(removed);
  return isNew && ENDS_WITH_REQUEST.test(added) && !ENDS_LATER.test(added);
}

/** Serializers and what their output depends on. */
const WRITES =
  /\bJsonConvert\b|\bJsonSerializer\w{0,10}\b|\bNewtonsoft\b|\bSystem\.Text\.Json\b|\bObjectMapper\b|\bGson\b|\bMoshi\b|\bjson\.(?:dumps|Marshal)\b|\borjson\b|\bmsgpack\b|\bprotobuf\b|\bavro\b|\bCultureInfo\b|\b(?:SimpleDate|DateTime)Format(?:ter)?\b|\bstrftime\b|\btoISOString\b|\btoLocale\w{0,12}String\b|\bisoformat\b|\bDate\.now\b|\bgetTime\b|\btoEpochMilli\b|\btime\.time\b|\.Unix(?:Milli)?\b/g;

/** A pattern of a date as a literal: PHP, Java, .NET, Python, Ruby, Moment.js. */
const DATE_FORM =
  /\b(?:format|strftime|ofPattern|to_char|ToString|date|parse)\(\s{0,3}["'](?=[^"'\n]{0,30}[dDjmMyYHhT%])[dDjnmMyYHhisSTZ%.:/ ,_-]{3,30}["']/g;

/** Where the roots come from that a client of TLS trusts: rustls, OpenSSL, Go, Java, Node.js, Debian and Alpine images. */
const TRUST =
  /\b(?:native|webpki|manual|platform)[-_]roots?\b|\bRootCAs\b|\bca[-_]certificates\b|\bcacerts?\b|\btrust[-_]?(?:store|anchors?|manager)\w{0,20}\b|\bSSL_CERT_(?:FILE|DIR)\b|\bNODE_EXTRA_CA_CERTS\b|\bREQUESTS_CA_BUNDLE\b|\bload_verify_locations\b|\bCURLOPT_CAINFO\b/i;

function otherTrust({ added, removed }: Sides): Effect[] {
  const [isNow, wasBefore] = [added, removed].map((text) => TRUST.test(text));
  if (wasBefore && !isNow) return effect('other-trust', 'it no longer trusts a certificate');
  return effect('other-trust', isNow ? 'it changes which certificates are trusted' : '');
}

function ofCacheKeys(diff: string, pathWords: readonly string[]): boolean {
  if (/\bhash_data\(|\b\w{1,20}_cache_key\b|\bcache\w{0,20}(?:\.|::|->)\w{2,30}[(<!?]/i.test(diff)) return true;
  const isKeys = /\b\w{0,40}[Kk]ey\w{0,20}\b/.test(diff);
  return isKeys && (pathWords.includes('cache') || /\bcache\b|[Cc]ache(?:Key|\.|_)/.test(diff));
}

/** What no two requests share. */
const PER_REQUEST =
  /\b(?:req(?:uest)?|trace|span|session|correlation|message)[._-]?id\b|\breqid\b|\buuid\b|\bnonce\b|\b(?:time\.)?now\(|\bDate\.now\b|\btimestamp\b|\brandom\b/i;

function ofKeys(diff: string, sides: Sides, pathWords: readonly string[]): Effect[] {
  if (!ofCacheKeys(diff, pathWords)) return [];
  const { added, removed } = sides;
  if (PER_REQUEST.test(added) && !PER_REQUEST.test(removed))
    return effect('other-cache-keys', 'it adds what differs in each request to the keys of the cache');
  return effect('other-cache-keys', buildsOtherKeys(sides) ? 'it changes the keys of the cache' : '');
}

/** A line that makes the key of an entry: by its name, or in a call of a cache. nginx, Varnish, Spring, Rails, Laravel. */
const MAKES_KEY = /key|\bcache\w{0,20}(?:\.|::|->)\w{2,30}[(<!?]|\bhash_data\(|@Cache(?:able|Put|Evict)\b/i;
/** A text with a part that differs in each entry, or with the usual marks between its parts. */
const KEY_TEXT = /["'`](?=[^"'`\n]{0,200}(?:[:/|$]|[%#{]\w?|\w[._-]$))[^"'`\n]{1,200}["'`]/g;
const MOST_KEY_LINES = 40;

/** The texts of keys are others than before: what is cached is not found. */
function buildsOtherKeys({ added, removed }: Sides): boolean {
  const keysIn = (text: string) =>
    text
      .split('\n')
      .filter((line) => MAKES_KEY.test(line))
      .slice(0, MOST_KEY_LINES)
      .flatMap((line) => line.match(KEY_TEXT) ?? []);
  const [before, now] = [new Set(keysIn(removed)), new Set(keysIn(added))];
  return before.size > 0 && now.size > 0 && before.isDisjointFrom(now);
}

/** `maxRetries = 1` → `maxRetries = 5`, wherever it stands. */
const ATTEMPTS = /\b\w{0,30}(?:retr(?:y|ies)|attempts?)\w{0,20}["']?\s{0,3}[=:(]\s{0,3}(\d{1,3})\b/gi;
const ANY_STATUS = /\bretry(?:If|On|When)\w{0,20}\b.{0,80}(?:!|not\b|any\b|all\b|true\b|429)/i;

function moreAttempts({ added, removed }: Sides): string {
  const most = (text: string) => Math.max(0, ...Array.from(text.matchAll(ATTEMPTS), ([, many]) => Number(many)));
  const [before, after] = [most(removed), most(added)];
  if (before > 0 && after > before) return `it retries ${after} times instead of ${before}`;
  return ANY_STATUS.test(added) && !ANY_STATUS.test(removed) ? 'it retries whatever the answer is' : '';
}

/** `THREADS = 200` → `THREADS = availableProcessors() * 4`: how many that is depends on the machine. */
const PROCESSORS =
  /\bavailableProcessors\b|\bcpu_count\b|\bNumCPU\b|\bGOMAXPROCS\b|\bProcessorCount\b|\bos\.cpus\b|\bnproc\b/;
const FIXED =
  /\b\w{0,40}(?:threads?|workers?|pool|concurrency|parallelism|size|max)\w{0,20}\b\s{0,3}[=:(]\s{0,3}(\d{1,6})\b/i;

function ofProcessors({ added, removed }: Sides): string {
  const fixed = FIXED.exec(removed)?.[1];
  if (fixed === undefined || !PROCESSORS.test(added) || PROCESSORS.test(removed)) return '';
  return `it runs as many at once as there are processors, instead of ${fixed}`;
}

/** ActiveJob, Sidekiq, Celery, Laravel, Oban, and clients of brokers. */
const SENDS =
  /\.(?:perform_(?:later|async|bulk)|enqueue\w{0,10}|dispatch|apply_async|delay|publish\w{0,10}|send_?[mM]essage\w{0,10}|basic_publish|produce)\(|\bOban\.insert/;
const EACH = /\b(?:find_)?each\b|\bfor(?:Each)?\b|\.map\b|\bloop\b/;
const IN_BATCHES =
  /\bin_batches\b|\bfind_in_batches\b|\bbatch\w{0,10}\b|\bchunk\w{0,10}\b|\beach_slice\b|\bbulk\b|\bpartition\(/i;

function messagesPerItem({ added, removed }: Sides): string {
  if (!SENDS.test(added)) return '';
  const isSplit = IN_BATCHES.test(removed) && !IN_BATCHES.test(added);
  const isEach = EACH.test(added) && !EACH.test(removed);
  return isSplit || isEach ? 'it sends a message for each item' : '';
}

/** A regular expression: JavaScript, Ruby, Perl between slashes; else as the text that a compiler gets. */
const PATTERN =
  /(?:[=(,:]\s{0,3})\/((?:[^/\\\n]|\\.){8,1000})\/[a-z]{0,6}|(?:re\.compile|[Rr]egex(?:p)?(?:\.\w{1,20})?|Pattern\.compile|RegExp|MustCompile|preg_match)\(\s{0,3}[@rR]?(?:"((?:[^"\\\n]|\\.){8,1000})"|'((?:[^'\\\n]|\\.){8,1000})'|`([^`\n]{8,1000})`)/g;
/** A repetition of what repeats itself: such a pattern may take exponential time (OWASP, ReDoS). */
const NESTED = /[*+}]\??(?:(?:\[[^\]\n]{1,20}\]|\\?[^()\n])[?*])?\){1,3}[*+]|\.\*[^|]{0,40}\.\*|\)[*+].{0,60}\.\*/;

/** A rule of a proxy or a firewall has its pattern without quotes: `match: (?:a|b)+.*c`. */
const RULE = /^[\w.-]{1,60}\s{0,3}[:=]\s{0,3}(\S{8,1000})$/;

function barePatterns(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line) => RULE.exec(line)?.[1] ?? [])
    .filter((value) => value.includes('(?:'));
}

/** A text that its name calls a pattern: a constant, the field of a schema, the argument of an annotation. */
const CALLED_PATTERN =
  /(?:pattern|regexp?|regularexpression)\w{0,20}["']?\s{0,3}[:=(]\s{0,3}[@rRb]?(?:"((?:[^"\\\n]|\\.){8,1000})"|'((?:[^'\\\n]|\\.){8,1000})')/gi;

function patternsIn(text: string): readonly string[] {
  const quoted = [PATTERN, CALLED_PATTERN].flatMap((form) => [...text.matchAll(form)]);
  return [...quoted.map(([, ...groups]) => groups.find(Boolean) ?? ''), ...barePatterns(text)];
}

function ofPatterns({ added, removed }: Sides): Effect[] {
  const old = new Set(patternsIn(removed));
  const nested = patternsIn(added).some((one) => !old.has(one) && NESTED.test(one));
  return effect('costlier-work', nested ? 'it adds a regular expression that may backtrack for long' : '');
}
