/** How a change can cause a symptom: what an engineer looks for in its diff. */
import { isTouched } from '#detect/signs/suspicion/touched-by-migration.ts';
import type { Change } from '#model/changes/change.ts';
import { effectsOf } from '#model/changes/change-effects.ts';
import { type ChangeSymptom, type ChangeSymptoms, failureSaid } from '#model/changes/change-symptoms.ts';
import type { CodeChange } from '#model/changes/code-change.ts';
import { diffLines } from '#model/changes/diff-lines.ts';
import { type Effect, type EffectKind, WEAK } from '#model/changes/effect.ts';
import { saidEffects } from '#model/changes/said/effects.ts';
import { techniquesOf } from '#model/changes/techniques/shared-techniques.ts';
import { isQuietTitle } from '#model/changes/title-effects.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';

/** `isOfCause`: it fits what was found, and not only words of the failure. `strength`: see `Effect`. */
export type Mechanism = Readonly<{
  kind: EffectKind;
  text: string;
  isOfCause: boolean;
  strength: number;
  /** It fills something up, so its effect comes late. */
  buildsUp: boolean;
  /** The failure names the very thing that the change is about. */
  isExact?: boolean;
}>;

/** The mechanism that fits best; undefined where none does. */
export function mechanismOf(
  symptoms: Pick<ChangeSymptoms, 'kinds' | 'cause' | 'notCalled' | 'complaint' | 'ofRequest'> &
    Partial<Pick<ChangeSymptoms, 'service' | 'isDated' | 'said' | 'whole' | 'near' | 'suffering'>>,
  change: Change,
  code: CodeChange | undefined,
): Mechanism | undefined {
  const { kinds, cause = '', notCalled = '', complaint, ofRequest, service = '', isDated = false, near } = symptoms;
  if (notCalled !== '') {
    const ending = endingOf({ notCalled, service, isDated }, change, code);
    if (ending !== undefined || (code !== undefined && change.diff !== '')) return ending;
  }
  // A name that no failure and no span mentions may be any name.
  const isSaid = (name: string) => {
    const text = complaint?.text ?? '';
    return /^\d+$/.test(name) ? new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(text) : text.includes(name.toLowerCase());
  };
  const isElsewhere = change.service !== '' && service !== '' && change.service !== service;
  const stopsAll = IN_ISOLATION.test(`${complaint?.text ?? ''}\n${symptoms.said ?? ''}`);
  const effects = effectsOf(change, code)
    .filter(({ kind }) => kind !== 'flag-on' || !isElsewhere || OF_WHAT_IS_SENT.some((one) => kinds.has(one)))
    .filter(({ kind }) => !isElsewhere || !OF_OWN_CODE.has(kind))
    .filter(({ kind }) => !UNCHECKED.has(kind) || !isOfOtherFiles(change, complaint?.files))
    .filter(({ names = [] }) => names.length === 0 || names.some(isSaid))
    .filter((effect) => isOfStatements(effect, { cause, said: complaint?.text ?? '', isElsewhere, stopsAll }))
    .filter(({ kind }) => kind !== 'fewer-workers' || !isOnlyFewer({ kinds, cause }))
    .filter(({ kind }) => kind !== 'any-migration' || mayTouch(symptoms, { change, code, isElsewhere }));
  const failure = failureSaid(symptoms);
  const isOfAnother = isElsewhere && near?.has(change.service) !== true;
  const isAsked = symptoms.suffering?.has(change.service) === true;
  const [exact] = saidEffects(change, failure).filter(
    ({ isOfAnybody, isOfCallee = false }) => isOfAnybody || !isOfAnother || (isOfCallee && isAsked),
  );
  const ofCause = leadsTo(cause);
  const fitting = (shown: Iterable<ChangeSymptom>) => fittingOf(effects, new Set(shown));
  const ofAsker = isElsewhere && kinds.has('cpu') ? effects.find(({ kind }) => OF_STATEMENTS.has(kind)) : undefined;
  // The failure names the table.
  const first =
    exact ??
    fitting(ofCause) ??
    ofAsker ??
    effects.find(({ kind }) => kind === 'rows-gone' || kind === 'handling-gone') ??
    fittingOf(effects.filter(isNamed), kinds) ??
    techniquesOf(change, code, failure)[0];
  const isFilling = kinds.has('memory') || kinds.has('disk');
  if (first !== undefined)
    return { ...mechanismBy(first, { isOfCause: true, isFilling }), isExact: exact?.isExact === true };
  // Names of metrics that moved say too little about code that nobody sees.
  const seen = effects.filter(({ kind }) => ofRequest !== undefined || kind !== 'flag-on');
  const second = fittingOf(seen, new Set(kinds));
  return second && mechanismBy(second, { isOfCause: false, isFilling });
}

/** Fewer requests come, and none fails: whoever runs fewer instances then follows the load. */
function isOnlyFewer({ kinds, cause }: Pick<ChangeSymptoms, 'kinds'> & Readonly<{ cause: string }>): boolean {
  return cause === 'throughput-drop' && [...kinds].every((kind) => kind === 'slow' || kind === 'fewer-requests');
}

/** They fail in the very code that the change is of, or slow down only who does the work. */
const OF_OWN_CODE: ReadonlySet<EffectKind> = new Set([
  'unchecked-index',
  'unchecked-value',
  'unbatched',
  'sync-writes',
]);

/** A store works at what it is asked: where its processor is full, a statement of who asks it may be why. */
export const OF_STATEMENTS: ReadonlySet<EffectKind> = new Set([
  'unindexed-statement',
  'unlimited-statement',
  'index-gone',
]);

const UNCHECKED: ReadonlySet<EffectKind> = new Set(['unchecked-index', 'unchecked-value']);

/** The stack of the failure names files of this language, and none that is changed. */
function isOfOtherFiles({ files }: Change, failing: ReadonlySet<string> = new Set()): boolean {
  const changed = new Set(files.map((path) => path.split('/').at(-1)?.toLowerCase() ?? ''));
  const languages = new Set([...changed].map((name) => name.split('.').at(-1)));
  const alike = [...failing].filter((name) => languages.has(name.split('.').at(-1)));
  return alike.length > 0 && alike.every((name) => !changed.has(name));
}

/** Any new version, and any flag that is on, may lead to anything: that is no evidence. */
export function mayBeAnything({ kind, strength }: Mechanism): boolean {
  return (kind === 'other-version' || kind === 'flag-on') && strength <= WEAK;
}

/** How a change ends the calls of a service. */
function endingOf(
  { notCalled, service, isDated }: Readonly<{ notCalled: string; service: string; isDated: boolean }>,
  change: Change,
  code: CodeChange | undefined,
): Mechanism | undefined {
  const of = { isOfCause: true, strength: 1, buildsUp: false } as const;
  if (code !== undefined && change.diff !== '') {
    const text = removalText(notCalled, code, change);
    if (text !== '') return { kind: 'call-gone', text, ...of };
    return change.service === service ? undefined : emptyAnswer(effectsOf(change, code), notCalled);
  }
  const switchText = flagText(notCalled, change);
  if (switchText !== '') return { kind: 'call-gone', text: switchText, ...of };
  if (!isDated || !isFlagOf(service, change)) return undefined;
  const text = `it is a flag of ${service}, which no longer calls ${notCalled}`;
  return { kind: 'flag-off', text, ...of, strength: WEAK };
}

/** What fails names what the change is about: see `names`. */
function isNamed({ names = [] }: Effect): boolean {
  return names.length > 0;
}

/** Who gets an empty answer has nothing to ask the next service for. */
function emptyAnswer(effects: readonly Effect[], notCalled: string): Mechanism | undefined {
  const less = effects.find(({ kind }) => kind === 'smaller-answer');
  if (less === undefined) return undefined;
  const text = `${less.text}, so there may be nothing to ask ${notCalled} for`;
  return { kind: less.kind, text, isOfCause: true, strength: WEAK, buildsUp: false };
}

function mechanismBy(
  { kind, text, strength }: Effect,
  { isOfCause, isFilling }: Readonly<{ isOfCause: boolean; isFilling: boolean }>,
): Mechanism {
  const fills = isFilling && FILLS.has(kind);
  return { kind, text, isOfCause, strength, buildsUp: BUILD_UP.has(kind) || fills };
}

const BUILD_UP: ReadonlySet<EffectKind> = new Set([
  'grows',
  'close-gone',
  'never-closed',
  'more-messages',
  'more-series',
  // Only new pods ask for it.
  'larger-request',
  'other-machines',
]);

/** What may fill a memory or a disk, among other effects. */
const FILLS: ReadonlySet<EffectKind> = new Set(['other-version', 'more-logs', 'less-disk']);

/** Words of databases, and of what they answer. */
const OF_DATABASES =
  /\bsql\b|sqlstate|\bselect\b|\binsert\b|\bupdate\b|\brelation\b|\bcolumn|\btable|constraint|duplicate key|\bora-\d|database|\bquery\b|psycopg|\bpg\b|mongo/;
/**
 * The server has no room for anybody's statements, whatever they expect: SQL Server 1101, 1105 and 9002, PostgreSQL 53100,
 * MySQL 1021, 1114 and 3, ORA-01652 and its kin, SQLite 13, the operating system's ENOSPC. Or it takes no connection, so
 * that no statement arrives: PostgreSQL 53300, MySQL 1040 and 1203, ORA-00018 and ORA-00020.
 */
const NO_STATEMENT_RUNS =
  /\btoo many (?:clients already|connections)\b|\bremaining connection slots\b|\bmax_user_connections\b|\bora-000(?:18|20)\b|\bcould not allocate (?:a new page|space)\b|\btransaction log for database \S{1,100} is full\b|\bno space left\b|\benospc\b|\bdisk (?:is )?full\b|\binsufficient disk space\b|\bthe table \S{1,100} is full\b|\bora-0(?:165[0-9]|1688|1691|1692|0257)\b|\bdatabase or disk is full\b/;
/**
 * The server runs nobody's statements, because it is no part of its cluster, has no leader or starts: Galera (1047), Cassandra,
 * MongoDB, CockroachDB, TiDB (9005), Redis, etcd, PostgreSQL (57P03), SQL Server (976, 983), ORA-01033 and ORA-01034.
 */
const NO_SERVER_RUNS =
  /\bwsrep has not yet prepared\b|\bcannot achieve consistency level\b|\bno replica set members match\b|\bnode is recovering\b|\blost quorum\b|\breplica unavailable\b|\bregion is unavailable\b|\b(?:cluster|master)down\b|\bloading redis is loading\b|\betcdserver: no leader\b|\bmaster not discovered\b|\bdatabase system is (?:starting up|shutting down|in recovery mode|not yet accepting)|\bunable to access availability database\b|\bora-0103[34]\b/;
/**
 * Galera changes a table on all nodes at once, and no other statement of the cluster runs then, whatever its table:
 * https://galeracluster.com/library/documentation/schema-upgrades.html
 */
const IN_ISOLATION = /\bin[ _]isolation\b|\btotal order isolation\b|\bglobal read lock\b/i;
/** Causes that are statements. */
const STATEMENT_CAUSES: ReadonlySet<string> = new Set(['slow-query', 'lock-contention', 'n-plus-one-queries']);
/** SQL, and the commands of MongoDB: `{ find : orders, filter : … }`. */
const TABLES =
  /\b(?:update|insert into|delete from|from|join)\s{1,3}["'`]?([\w.]{2,80})|[{"' ](?:find|aggregate|update|delete|count|distinct|findandmodify)["']?\s?:\s?["']?([\w.]{2,80})/g;

/**
 * Whether a migration can be behind what fails or waits: a failure of certificates, of names or of another service's
 * answer comes from no schema, and a locked table stops only its own statements. Where nothing is said, no statement is
 * known to fail: then only the service's own migration counts.
 */
function isOfStatements(
  { kind, table = '', index = '' }: Effect,
  {
    cause,
    said,
    isElsewhere,
    stopsAll,
  }: Readonly<{ cause: string; said: string; isElsewhere: boolean; stopsAll: boolean }>,
): boolean {
  if (kind === 'any-migration') {
    const isOfDatabase = said === '' ? !isElsewhere : OF_DATABASES.test(said);
    return !NO_STATEMENT_RUNS.test(said) && !NO_SERVER_RUNS.test(said) && (STATEMENT_CAUSES.has(cause) || isOfDatabase);
  }
  if ((table === '' && index === '') || stopsAll) return true;
  const tables = Array.from(said.matchAll(TABLES), ([, ofSql, ofMongo]) => lastPart(ofSql ?? ofMongo ?? ''));
  if (tables.length === 0) return true;
  return table === '' ? mayServe(index, said) : tables.includes(lastPart(table));
}

/** `sit_town_until_idx` has words of the statement; of two or more words that it lacks, the index is one of other tables. */
function mayServe(index: string, said: string): boolean {
  const words = codeWords(index.replaceAll(/[_\W\d]+/g, ' ')).filter(
    (word) => !isCompound(word) && !OF_INDEXES.has(word),
  );
  const asked = new Set(codeWords(said.replaceAll(/[_\W\d]+/g, ' ')));
  return words.length < FEWEST_WORDS || words.some((word) => asked.has(word));
}

const FEWEST_WORDS = 2;
const OF_INDEXES: ReadonlySet<string> = new Set('index idx ix uq uk unique key pk fk by on and of the'.split(' '));

function mayTouch(
  { cause = '', complaint, said = '' }: Pick<ChangeSymptoms, 'cause' | 'complaint' | 'said'>,
  of: Readonly<{ change: Change; code: CodeChange | undefined; isElsewhere: boolean }>,
): boolean {
  return isTouched(of.change, of.code, {
    said: `${complaint?.text ?? ''}\n${said}`,
    isOwn: !of.isElsewhere,
    isOfStatement: STATEMENT_CAUSES.has(cause),
  });
}

/** `public.orders` is `orders`. */
export function lastPart(name: string): string {
  return name.toLowerCase().split('.').at(-1) ?? '';
}

function fittingOf(effects: readonly Effect[], shown: ReadonlySet<ChangeSymptom>): Effect | undefined {
  const all = effects.filter(({ kind }) => LEADS_TO[kind].some((symptom) => shown.has(symptom)));
  return all.toSorted((a, b) => b.strength - a.strength)[0];
}

/** What each detector found, as symptoms that a change leads to. */
const OF_CAUSES: Readonly<Record<string, readonly ChangeSymptom[]>> = {
  'slow-query': ['slow-statement'],
  'n-plus-one-queries': ['many-calls'],
  'n-plus-one-calls': ['many-calls', 'one-by-one'],
  'fan-out': ['many-calls'],
  'span-count-anomaly': ['many-calls'],
  'sequential-calls': ['one-by-one', 'many-calls'],
  'lock-contention': ['lock'],
  'pool-exhaustion': ['pool'],
  'cache-miss-cascade': ['cache'],
  'cache-stampede': ['cache'],
  'retry-storm': ['retries'],
  'circuit-open': ['breaker'],
  'gc-pause': ['memory'],
  'memory-leak': ['memory'],
  'oom-killed': ['memory'],
  'consumer-lag': ['backlog'],
  'queue-backlog': ['backlog'],
  'throughput-drop': ['fewer-requests'],
  'shrunk-response': ['smaller-answer'],
  'poison-message': ['format', 'null'],
  'missing-service': ['not-called'],
  'cold-start': ['started'],
  'image-pull': ['image'],
  'service-without-endpoints': ['no-endpoints'],
  'crash-loop': ['stopped'],
  'not-ready': ['stopped'],
  'pod-pending': ['stopped'],
  'workload-scaled-to-zero': ['stopped'],
  'scheduler-silent': ['stopped'],
  'quota-exceeded': ['stopped'],
  'timeout-cascade': ['timeout'],
  'secret-exposure': ['exposed'],
  'data-corruption': ['wrong-value'],
  latency: ['slow'],
  dependency: ['slow', 'waiting'],
  'slower-than-baseline': ['slow'],
};

/** The symptoms of what a detector found. */
export function leadsTo(cause: string): readonly ChangeSymptom[] {
  return OF_CAUSES[cause] ?? [];
}

/** What other code may do, when nobody sees it. */
const ANY_OF_CODE: readonly ChangeSymptom[] = [
  'own-failure',
  'many-calls',
  'one-by-one',
  'slow',
  'slow-statement',
  'cache',
  'retries',
  'lock',
  'pool',
  'capacity',
  'backlog',
  'smaller-answer',
  'null',
  'missing',
  'format',
  'timeout',
  'access',
  'cpu',
  'memory',
];

/** Code that a flag switches on in another service sends something else, or more of it: it fills no store of others. */
const OF_WHAT_IS_SENT: readonly ChangeSymptom[] = [
  'many-calls',
  'one-by-one',
  'retries',
  'backlog',
  'null',
  'missing',
  'format',
  'access',
  'smaller-answer',
];

/** What a cache answered, its source answers now, and works at it. */
const OF_LOST_CACHES: readonly ChangeSymptom[] = [
  'cache',
  'slow',
  'slow-statement',
  'many-calls',
  'capacity',
  'timeout',
  'cpu',
  'pool',
];

/** The symptoms that each kind of change leads to. */
const LEADS_TO: Readonly<Record<EffectKind, readonly ChangeSymptom[]>> = {
  'index-gone': ['slow-statement', 'slow', 'timeout', 'capacity', 'pool', 'lock', 'cpu'],
  // The store reads more for it, and who asks holds a connection for that time.
  'unindexed-statement': ['slow-statement', 'slow', 'timeout', 'pool', 'cpu'],
  'unlimited-statement': ['slow-statement', 'slow', 'memory', 'timeout', 'pool', 'cpu', 'too-large'],
  'new-statement': ['slow-statement', 'many-calls'],
  'locking-migration': ['lock', 'slow-statement', 'pool', 'timeout', 'backlog'],
  'column-gone': ['missing', 'format', 'null'],
  'rows-gone': ['missing', 'null', 'smaller-answer'],
  'new-constraint': ['format'],
  // A comparison with a value of another type uses no index.
  'narrower-type': ['format', 'slow-statement'],
  'any-migration': ['missing', 'format', 'slow', 'slow-statement', 'lock'],
  'guard-gone': ['null', 'index'],
  // Who gave up asks again; a message whose reader is late comes again; an idle connection ends under its user.
  'shorter-timeout': ['timeout', 'retries', 'breaker', 'bad-gateway', 'refused', 'pool', 'lock', 'backlog'],
  'longer-timeout': ['pool', 'capacity', 'waiting', 'backlog', 'lock'],
  'shorter-lived-cache': OF_LOST_CACHES,
  'cold-cache': OF_LOST_CACHES,
  'cache-gone': OF_LOST_CACHES,
  'other-cache-keys': OF_LOST_CACHES,
  'smaller-pool': ['pool', 'capacity', 'refused', 'slow', 'timeout', 'backlog'],
  // Each connection takes memory of the store.
  'larger-pool': ['capacity', 'refused', 'memory'],
  'fewer-workers': ['capacity', 'slow', 'memory', 'timeout', 'refused', 'backlog', 'cpu', 'pool', 'bad-gateway'],
  'more-trips': ['slow-statement', 'slow', 'many-calls'],
  // A reader that works for longer than its group allows is thrown out of it.
  'larger-batches': ['memory', 'backlog', 'slow-statement', 'lock', 'timeout', 'too-large'],
  // A slow start fails its probes.
  'less-cpu': ['cpu', 'capacity', 'slow', 'timeout', 'backlog', 'memory', 'stopped', 'started', 'pool'],
  // The collection of garbage takes the processor, and a store reads from its disk what it no longer keeps.
  'less-memory': [
    'memory',
    'capacity',
    'refused',
    'slow',
    'timeout',
    'stopped',
    'cpu',
    'cache',
    'slow-statement',
    'disk',
  ],
  'less-disk': ['disk', 'capacity', 'read-only', 'stopped'],
  'larger-request': ['stopped'],
  'lower-limit': [
    'memory',
    'capacity',
    'refused',
    'slow',
    'timeout',
    'stopped',
    'too-large',
    'backlog',
    'fewer-requests',
    'read-only',
    'disk',
    'pool',
  ],
  'refuses-more': ['capacity', 'refused', 'access', 'stopped', 'fewer-requests', 'retries'],
  // Smaller pages need more of them, and a reader of smaller batches falls behind.
  'smaller-answer': ['smaller-answer', 'many-calls', 'backlog', 'wrong-value'],
  // Who reads a queue falls behind where each message takes longer.
  'costlier-work': ['cpu', 'slow', 'backlog', 'timeout', 'capacity', 'memory'],
  'more-retries': ['retries', 'capacity', 'many-calls', 'timeout'],
  'shorter-interval': [
    'many-calls',
    'capacity',
    'timeout',
    'lock',
    'slow-statement',
    'backlog',
    'cpu',
    'slow',
    'pool',
    'disk',
  ],
  'more-load': ['capacity', 'slow', 'cpu', 'timeout', 'pool', 'backlog', 'lock', 'slow-statement', 'disk', 'memory'],
  'stricter-input': ['format'],
  // A pod that is not ready gets no requests.
  'stricter-probe': ['stopped', 'timeout', 'no-endpoints', 'refused', 'bad-gateway', 'capacity'],
  'stricter-breaker': ['breaker', 'no-endpoints'],
  'other-limit': ['memory', 'capacity', 'refused', 'slow', 'timeout', 'too-large'],
  // What a library writes for developers has headers and settings.
  'more-logs': ['disk', 'cpu', 'exposed'],
  'logged-secrets': ['exposed'],
  'calls-in-loop': ['many-calls', 'one-by-one', 'slow', 'timeout', 'capacity', 'refused', 'backlog', 'pool', 'cpu'],
  'eager-gone': ['many-calls', 'one-by-one', 'slow', 'timeout', 'pool'],
  'parallel-gone': ['one-by-one', 'slow', 'backlog', 'timeout'],
  'new-lock': ['lock', 'slow', 'timeout', 'pool', 'backlog'],
  // Who waits holds a thread or a worker.
  'new-wait': ['slow', 'timeout', 'capacity', 'pool', 'backlog'],
  grows: ['memory', 'stopped'],
  'close-gone': ['pool', 'refused', 'capacity', 'memory'],
  'call-gone': ['missing', 'not-called'],
  'route-gone': ['fewer-requests', 'missing', 'bad-gateway', 'not-called'],
  // Without its host a client takes a default, which is often the machine itself.
  'setting-gone': ['null', 'access', 'stopped', 'missing', 'fewer-requests', 'refused', 'unresolved'],
  // A certificate names its host, a replica takes no writes, and a host far away answers late.
  'other-host': [
    'refused',
    'missing',
    'timeout',
    'access',
    'smaller-answer',
    'fewer-requests',
    'unresolved',
    'untrusted',
    'read-only',
    'bad-gateway',
    'no-endpoints',
    'stopped',
    'waiting',
    'slow-statement',
  ],
  'other-source': ['smaller-answer', 'backlog', 'cache', 'fewer-requests', 'wrong-value', 'slow-statement'],
  'other-consistency': ['slow-statement', 'read-only', 'timeout', 'capacity', 'slow'],
  'other-name': ['null', 'format', 'missing', 'smaller-answer'],
  'other-image': ['image', 'stopped'],
  'other-architecture': ['stopped', 'image'],
  'other-labels': ['no-endpoints', 'refused', 'timeout', 'bad-gateway', 'fewer-requests'],
  // Names are asked over the network, too, and so are probes and brokers.
  'other-network': [
    'refused',
    'timeout',
    'fewer-requests',
    'unresolved',
    'access',
    'bad-gateway',
    'stopped',
    'backlog',
  ],
  // Who is not let in does not arrive.
  // A registry, a broker and a process at its start refuse as well.
  'other-credentials': ['access', 'fewer-requests', 'image', 'stopped', 'backlog', 'untrusted'],
  'other-settings': ['stopped', 'missing', 'null', 'access', 'refused', 'unresolved'],
  'other-resolver': ['unresolved', 'timeout', 'slow', 'waiting'],
  'other-primary': ['read-only', 'refused', 'timeout', 'access', 'slow', 'slow-statement'],
  'other-version': ['slow', 'cpu', 'memory', 'null', 'format', 'stopped', 'missing', 'access', 'refused', 'timeout'],
  'other-model': ['slow', 'cpu', 'memory', 'timeout', 'capacity', 'backlog', 'smaller-answer', 'format'],
  'other-engine': ['slow-statement', 'slow', 'timeout', 'access', 'refused', 'format', 'lock', 'cpu'],
  'other-lock-order': ['lock'],
  'never-closed': ['pool', 'refused', 'capacity', 'memory'],
  // More of them wait for the same rows, and a quota may not have room for them.
  'more-workers': ['capacity', 'refused', 'pool', 'lock', 'memory', 'stopped'],
  'shortcut-gone': ['slow', 'timeout', 'capacity'],
  'flag-on': ANY_OF_CODE,
  'other-traffic': ANY_OF_CODE,
  // The one pod that gets all calls has too much to do.
  'uneven-calls': ['uneven'],
  'call-in-transaction': ['lock', 'pool', 'slow-statement', 'slow', 'timeout'],
  'more-messages': ['backlog', 'many-calls', 'capacity', 'disk', 'cpu'],
  'other-format': ['format', 'wrong-value'],
  'held-longer': ['pool', 'lock', 'timeout', 'capacity'],
  'larger-payload': ['too-large', 'memory', 'slow', 'timeout'],
  'smaller-headers': ['too-large', 'bad-gateway'],
  'handling-gone': [],
  'remote-call': ['slow', 'timeout', 'refused', 'unresolved', 'waiting', 'new-call'],
  'slower-network': ['slow', 'slow-statement', 'timeout', 'retries', 'pool', 'cache', 'backlog'],
  'lost-packets': ['slow', 'slow-statement', 'timeout', 'refused', 'retries', 'unresolved', 'pool', 'backlog'],
  'slower-disk': ['slow', 'slow-statement', 'timeout', 'disk', 'lock', 'pool', 'backlog'],
  'disk-full': ['disk', 'read-only', 'capacity', 'backlog'],
  'nodes-gone': ['stopped', 'no-endpoints', 'refused', 'timeout', 'capacity'],
  // A headless Service without pods has no address, and DNS no record of it.
  'instances-stopped': [
    'stopped',
    'no-endpoints',
    'refused',
    'unresolved',
    'timeout',
    'capacity',
    'read-only',
    'backlog',
    'started',
  ],
  'other-clock': ['access', 'untrusted'],
  'failing-answers': ['slow', 'timeout', 'refused', 'missing', 'format', 'capacity'],
  'other-trust': ['untrusted', 'fewer-requests', 'access', 'bad-gateway'],
  // JavaScript and Ruby have a value for what is not there.
  'unchecked-index': ['index', 'null'],
  'unchecked-value': ['null'],
  unbatched: ['backlog', 'many-calls', 'one-by-one', 'slow', 'disk'],
  'sync-writes': ['backlog', 'slow', 'disk', 'slow-statement', 'timeout'],
  'other-zone': ['unresolved'],
  // Only the words of a failure lead to these.
  'other-scale': ['wrong-value'],
  'other-expiry': [],
  'other-class': [],
  'other-origins': [],
  'apart-keys': [],
  'more-series': [],
  'other-machines': [],
  'longer-batching': ['slow', 'timeout', 'backlog', 'slow-statement'],
  'other-modules': [],
  'flag-off': ['not-called', 'smaller-answer', 'cache', 'fewer-requests'],
};

/** Somebody says that the call ends on purpose. */
const ON_PURPOSE =
  /\b(?:planned|retir\w{1,4}|sunset\w{0,4}|decommission\w{0,3}|deprecat\w{1,3}|discontinu\w{1,3}|remov\w{1,3}|no longer|intentional\w{0,2}|on purpose|end of life|(?:turn|switch)\w{0,3} off)\b/i;
/** A flag does what its text says: who else does the work now. */
const DONE_ELSEWHERE = /\b(?:moved?s? (?:in)?to|replaced by|now (?:done|made|checked) (?:by|in)|instead)\b/i;

/** The change that ends the calls of a service on purpose, by its own words and the service's name. */
export function intendedRemoval(
  { notCalled = '', service }: Pick<ChangeSymptoms, 'notCalled' | 'service'>,
  changes: readonly Change[],
): Change | undefined {
  const words = codeWords(notCalled).filter((word) => !isCompound(word));
  if (words.length === 0) return undefined;
  return changes.find((change) => {
    const said = new Set(codeWords(`${change.id} ${change.text}`));
    const isOff = effectsOf(change, undefined).some(({ kind }) => kind === 'flag-off');
    if (change.service === service && isOff && DONE_ELSEWHERE.test(change.text)) return true;
    return change.service === service && ON_PURPOSE.test(change.text) && words.every((one) => said.has(one));
  });
}

/** Somebody says beforehand that a part is closed for a while. */
const ANNOUNCED =
  /\b(?:announced|planned|scheduled)\b.{0,80}\bmaintenance\b|\bmaintenance\b.{0,80}\b(?:announced|planned|scheduled|window)\b/i;

/** The change that closes what fails for a maintenance, where the failures say that as well. */
export function intendedDowntime(
  { complaint, service }: Pick<ChangeSymptoms, 'complaint' | 'service'>,
  changes: readonly Change[],
): Change | undefined {
  if (!/\bmaintenance\b/.test(complaint?.text ?? '')) return undefined;
  return changes.find((change) => change.service === service && ANNOUNCED.test(change.text));
}

/** Words of the service that is not called stand less often in the code. */
function removalText(notCalled: string, { fewer }: CodeChange, { diff }: Change): string {
  const words = codeWords(notCalled).filter((word) => !isCompound(word));
  if (words.length === 0) return '';
  if (words.every((word) => fewer.has(word))) return `it removes ${notCalled}`;
  const conditions = diffLines(diff).filter(({ mark, text }) => (mark === '+' || mark === '-') && CONDITION.test(text));
  const named = new Set(conditions.flatMap(({ text }) => codeWords(text)));
  return words.every((word) => named.has(word)) ? `it changes when ${notCalled} is called` : '';
}

/** A flag that has the name of the service that is not called: `skip-tax-check`, `stock-service-enabled`. */
function flagText(notCalled: string, { kind, id, text }: Change): string {
  if (kind !== 'flag') return '';
  const named = new Set(codeWords(`${id} ${text}`));
  const words = codeWords(notCalled).filter((word) => !isCompound(word));
  return words.some((word) => named.has(word)) ? `it switches what is named like ${notCalled}` : '';
}

/** Requests show that the calls ended right then. */
function isFlagOf(service: string, change: Change): boolean {
  return change.kind === 'flag' && change.service === service && !isQuietTitle(change);
}

/** What decides whether the next statement runs. */
const CONDITION = /\b(?:if|unless|when|else|elif|switch|case|enabled|disabled|skip)\b|\?|&&|\|\|/i;
