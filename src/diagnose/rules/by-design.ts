import { isAboutTrace, isDescription, isFailure } from '#diagnose/finding-kinds.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Finding } from '#model/finding/finding.ts';
import { blamesClock } from '#model/instruments/clock-words.ts';
import { KEYS_NOT_FETCHED } from '#model/instruments/key-words.ts';
import { QUEUED_WORK } from '#model/instruments/queue-words.ts';
import { NO_LINES } from '#model/logs/log-line.ts';
import { RETURNED, WRITTEN } from '#model/sql/row-rate.ts';
import { nameInWords } from '#model/text/name-in-words.ts';
import type { SpanIndex } from '#model/trace/columns.ts';
import { MARK } from '#model/trace/span-marks.ts';
import type { Trace } from '#model/trace/trace.ts';
import { runsOnDevice } from '#model/trace/views/device.ts';
import { saysClientError } from '#model/trace/views/error-origins.ts';
import { failureTexts } from '#model/trace/views/failure-text.ts';
import { A_WARM_UP, A_WORKFLOW } from '#model/trace/views/job-nature.ts';
import { isProbe } from '#model/trace/views/probe-requests.ts';
import {
  KEEPS_ATTENTION_US,
  KEEPS_THOUGHT_US,
  LONGEST_AWAITED_US,
  type RequestNature,
  requestNature,
  SATISFIES_US,
} from '#model/trace/views/request-nature.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';

/**
 * Loops of a job are its work. Long ones of queries are still worth a look, and so is a batch of messages whose rows are
 * written one by one: one statement could do the same.
 */
const LOOKED_AT_IN_JOBS = 'n-plus-one-queries';
/** A shorter loop is no reason to look at a job that nobody waits for. */
const LEAST_LOOP_US = KEEPS_ATTENTION_US;

/** A store that is warmed is empty on purpose. */
const COLD_ON_PURPOSE = 'cache-miss-cascade';
/** A process that is warmed starts before users come. */
const STARTS = 'cold-start';

/** A message waits where it was put to wait. */
const LATE = 'consumer-lag';

/**
 * Leaves out what a request does by design. Length is judged only where somebody waits for the end, or where healthy
 * requests show how long it usually takes. Failures stay, and so does a mechanism that words name.
 */
export function withoutDesigned(
  trace: Trace,
  findings: readonly Finding[],
  says: (finding: Finding) => boolean,
  detectors: Detectors,
): readonly Finding[] {
  if (findings.length === 0 || findings.some(({ facts }) => facts.usualRootUs !== undefined)) return findings;
  const isAlwaysKept = ({ detector }: Finding) => isAboutTrace(detector, detectors) || isFailure(detector, detectors);
  if (findings.every(isAlwaysKept)) return findings;
  if (isProbeOfStart(trace, findings))
    return findings.filter(({ detector }) => detector !== STARTS && !isDescription(detector, detectors));
  if (isQuickProbe(trace)) return findings.filter((finding) => isAlwaysKept(finding) || says(finding));
  const nature = requestNature(trace);
  const copies = nature.kind === 'job' ? copiedTables(findings) : NO_SPANS;
  const isJob = nature.kind === 'job' && nature.words !== A_WARM_UP;
  return findings.filter((finding) => {
    const { detector, spans } = finding;
    if (isAlwaysKept(finding) || nature.kind === 'request' || isAgainstPlan(finding)) return true;
    if (isBulkOfJob(trace, finding, nature)) return false;
    const describes = isDescription(detector, detectors);
    if (nature.kind === 'unasked') return !describes || isNoticedIn(trace, finding);
    if (isJob && isForRequest(trace, finding))
      return !(describes && isNoNews(trace, nature)) && !spans.every((span) => copies.has(span));
    if (describes) return saysItStood(trace, nature, finding);
    return isFault(trace, finding, { nature, isSaid: says(finding) });
  });
}

/**
 * An agent that its framework stopped found no end: that is neither its plan nor the length of its answer. Nor is it the
 * plan of a job that one of its parts takes all the time.
 */
function isAgainstPlan({ facts }: Finding): boolean {
  return facts.isStopped === true || facts.isSkewed === true;
}

/**
 * Bytes do not explain the time in which the process stood still by its own words: it served nobody else either. Nor is
 * that the plan of a job that failed.
 */
function saysItStood(trace: Trace, { kind }: RequestNature, { facts, evidence = [] }: Finding): boolean {
  const isUnplanned = kind === 'transfer' || (kind === 'job' && trace.failed(trace.root));
  return isUnplanned && String(facts.reason ?? '') !== '' && evidence.length > 0;
}

/** Kubernetes gives a probe a second, if nobody sets another limit (`timeoutSeconds`). */
const PROBE_WAITS_US = 1_000_000;

/** It answered in time, and no person waits for it. */
function isQuickProbe(trace: Trace): boolean {
  return isProbe(trace, trace.root) && trace.durationOfUs(trace.root) <= PROBE_WAITS_US;
}

/**
 * A probe that meets a process which has just been started: it asks so that no user has to wait for the start. Up to ten
 * seconds, as for a start in a job; a longer one holds up a rollout.
 */
function isProbeOfStart(trace: Trace, findings: readonly Finding[]): boolean {
  const { root } = trace;
  if (!isProbe(trace, root) || trace.failed(root) || trace.durationOfUs(root) > KEEPS_ATTENTION_US) return false;
  return trace.hasMark(root, MARK.coldStart) || findings.some(({ detector }) => detector === STARTS);
}

/** Work that no recorded caller asked for: whoever made it wait keeps the flow of thought for a second. */
function isNoticedIn(trace: Trace, finding: Finding): boolean {
  return isForRequest(trace, finding) && trace.durationOfUs(trace.root) > KEEPS_THOUGHT_US;
}

/** It is a plan of steps, or takes longer than anybody waits for an answer. */
function isLongJob(trace: Trace, { words }: RequestNature): boolean {
  return words === A_WORKFLOW || trace.durationOfUs(trace.root) > LONGEST_AWAITED_US;
}

/** Where its time goes is no news: it is long, or it went well before even a person would have lost patience. */
function isNoNews(trace: Trace, nature: RequestNature): boolean {
  if (isLongJob(trace, nature)) return true;
  return !trace.failed(trace.root) && trace.durationOfUs(trace.root) <= KEEPS_ATTENTION_US;
}

/** A job waits for the requests that it makes: their work is judged as that of any request. The functions of a workflow are its steps. */
function isForRequest(trace: Trace, { detector, service, spans }: Finding): boolean {
  // The order of its own calls is the job's plan.
  if (detector === IN_A_ROW && service === trace.service(trace.root)) return false;
  for (let above = spans[0]; above !== undefined && above !== trace.root; above = trace.parent(above))
    if (trace.kind(above) === 'server') return !QUEUED_WORK.test(trace.operation(above));
  return false;
}

/** Statements that build, copy or maintain a table: they take as long as its rows. */
const BULK =
  /^\W*(?:create|alter|optimi[sz]e|vacuum|analy[sz]e|refresh|reindex|cluster|merge|copy|load|unload|export|backup|restore|repair|compact|truncate|insert\b.{0,2000}\bselect)\b/i;
/** Reads every row of a table. */
const WHOLE_TABLE = /^select\b(?=.{0,2000}\bfrom\b)(?!.*\b(?:where|limit|join|having|group by)\b)/i;
/** A round trip is shorter. Such an element is work of its own, and one call for all of them would take as long. */
const LEAST_ELEMENT_US = 1_000_000;

/** Frameworks write and read a batch of a thousand rows at most (Django's and Laravel's chunks, Hibernate's batches). */
const LEAST_BULK = 10_000;

function rowsOf(trace: Trace, span: SpanIndex): number {
  return Math.max(0, ...[...WRITTEN, ...RETURNED].map((name) => trace.number(span, name) ?? 0));
}

/**
 * Work that a job has because of its amount: a table is built, copied or read page by page, or each element takes seconds by
 * itself.
 */
function isBulkOfJob(trace: Trace, finding: Finding, nature: RequestNature): boolean {
  const { detector, facts, spans } = finding;
  const isJob = nature.kind === 'job';
  if ((!isJob && nature.kind !== 'unasked') || spans.some((span) => trace.failed(span))) return false;
  if (detector === ORDINARY) {
    if (facts.saidSlower === true) return false;
    if (isForRequest(trace, finding) && !(isJob && isLongJob(trace, nature))) return false;
    const statement = String(facts.statement);
    const isLarge = spans.every((span) => rowsOf(trace, span) >= LEAST_BULK);
    return isLarge || BULK.test(statement) || (isJob && WHOLE_TABLE.test(statement));
  }
  return isLoopOfBulk(finding, isJob);
}

function isLoopOfBulk({ detector, facts }: Finding, isJob: boolean): boolean {
  if (detector !== 'n-plus-one-calls' && detector !== LOOKED_AT_IN_JOBS) return false;
  return Number(facts.heldUs) >= LEAST_ELEMENT_US * Number(facts.elements) || (isJob && facts.pages === true);
}

const NO_SPANS: ReadonlySet<SpanIndex> = new Set();

/** A job copies a whole table: a query without a condition returns what was asked for, however long it takes. */
function copiedTables(findings: readonly Finding[]): ReadonlySet<SpanIndex> {
  const copies = findings.filter(({ detector, facts }) => detector === ORDINARY && facts.readsAll === true);
  return new Set(copies.flatMap(({ spans }) => spans));
}

/** For a mechanism of time in a request that nobody waits for. */
function isFault(
  trace: Trace,
  finding: Finding,
  { nature: { kind, words }, isSaid }: Readonly<{ nature: RequestNature; isSaid: boolean }>,
): boolean {
  const { detector, wastedUs } = finding;
  if (kind === 'job' && detector === LATE) return true;
  if (words === A_WARM_UP && detector === STARTS) return false;
  if (kind === 'job' && isMeantInJob(trace, finding)) return false;
  if (isSaid) return true;
  if (kind === 'job' && (readsOneByOne(trace, finding) || isLongRow(trace, finding))) return true;
  if (kind !== 'job' || detector !== LOOKED_AT_IN_JOBS) return false;
  return wastedUs >= LEAST_LOOP_US || splitsBatch(trace, finding);
}

/** A job may wait its turn, and nobody waits for it while its process starts. */
function isMeantInJob(trace: Trace, finding: Finding): boolean {
  const { detector, wastedUs } = finding;
  if (detector === COLD_ON_PURPOSE) return true;
  return isTurnOfJob(trace, finding) || (detector === STARTS && wastedUs <= KEEPS_ATTENTION_US);
}

/**
 * A job waits its turn at machines that many jobs share. Jenkins' manual: to wait longer than the work takes makes no
 * sense (https://www.jenkins.io/doc/book/using/executor-starvation/).
 */
function isTurnOfJob(trace: Trace, { facts }: Finding): boolean {
  if (facts.slot === undefined || facts.slot === 'thread' || facts.failed === true) return false;
  const waitUs = Number(facts.waitUs);
  return waitUs <= trace.durationOfUs(trace.root) - waitUs;
}

/** As for fan-outs: perf-sentinel's least number of calls that is remarkable. */
const LEAST_READS = 20;
/** A read by its id takes less; longer calls work. */
const LONGEST_READ_US = 50_000;
/** A loop that makes up most of the work is worth a call for all elements at once. */
const MOST_OF_WORK = 0.5;

/** A message or a task is handled with many short reads of one service, which has to answer as many questions. */
function readsOneByOne(trace: Trace, { detector, facts, spans }: Finding): boolean {
  if (detector !== 'n-plus-one-calls' || Number(facts.elements) < LEAST_READS) return false;
  const longestUs = spans.every((span) => asksForTraits(trace, span)) ? LONGEST_LOOK_US : LONGEST_READ_US;
  if (Number(facts.heldUs) > longestUs * Number(facts.calls)) return false;
  if (Number(facts.heldUs) < MOST_OF_WORK * trace.durationOfUs(trace.root)) return false;
  return spans.every((span) => isRead(trace, span));
}

/** Schedules start many jobs each minute: a row that saves half of that may delay the next run. */
const LEAST_ROW_US = LONGEST_AWAITED_US / 2;

/**
 * A job asks many others one after another, each at an address of its own, and this takes longer than anybody waits and
 * most of its time. Whether that is its plan, nothing on record says.
 */
function isLongRow(trace: Trace, { detector, facts, spans, wastedUs }: Finding): boolean {
  if (detector !== IN_A_ROW || facts.isApart !== true || spans.length < LEAST_READS) return false;
  return wastedUs >= Math.max(LEAST_ROW_US, MOST_OF_WORK * trace.durationOfUs(trace.root));
}

function isRead(trace: Trace, span: SpanIndex): boolean {
  return /^(?:get|list|find|fetch|read|load|lookup)/i.test(methodOf(trace, span)) || asksForTraits(trace, span);
}

/**
 * Asks whether an object exists, or for its size, and moves none of its bytes. S3 answers small requests within 100 to
 * 200 ms (https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html), and one listing names a
 * thousand objects.
 */
const LONGEST_LOOK_US = 200_000;

function asksForTraits(trace: Trace, span: SpanIndex): boolean {
  return /^(?:head(?:_?(?:object|blob))?|stat(?:_?object)?|(?:blob_?)?exists|get_?(?:object_?attributes|blob_?properties))$/i.test(
    methodOf(trace, span),
  );
}

function methodOf(trace: Trace, span: SpanIndex): string {
  const method = trace.text(span, 'http.request.method') || trace.text(span, 'rpc.method') || trace.operation(span);
  return method.slice(method.lastIndexOf('/') + 1);
}

/**
 * A batch of messages came together, and as many queries or more handle them one by one. Where each message has its own
 * query, and all are done within a second, whether one statement should do it depends on how the messages come.
 */
export function splitsBatch(trace: Trace, { detector, facts }: Finding): boolean {
  if (detector !== LOOKED_AT_IN_JOBS) return false;
  const messages = trace.number(trace.root, 'messaging.batch.message_count') ?? 0;
  const queries = Number(facts.queries);
  if (queries < 2 * messages && trace.durationOfUs(trace.root) <= KEEPS_THOUGHT_US) return false;
  return messages >= LEAST_BATCH && queries >= messages;
}

/** Sentry's least number of queries for an N+1 is five. */
const LEAST_BATCH = 5;

/** Alerts on a queue's oldest message begin at a minute (AWS's and Google's examples for SQS and Pub/Sub). */
const LATE_US = 60_000_000;
/** Work that takes at most a tenth of the wait is not what made the message late. */
const MUCH_LONGER = 10;

/** A message waited for minutes, as records of both ends show. That is no length of the job, but what came before it. */
export function isLateOnRecord({ detector, facts, inferred }: Finding): boolean {
  if (detector !== LATE || inferred === true) return false;
  const lagUs = Number(facts.lagUs);
  return lagUs >= LATE_US && lagUs >= MUCH_LONGER * Number(facts.workUs);
}

/** Whether nobody waits for the end, so that its length alone proves nothing. */
export function isUnawaited(trace: Trace): boolean {
  const { kind } = requestNature(trace);
  return kind !== 'request' && kind !== 'unasked';
}

/** A refusal that a service meant is an answer, though the span of its client counts as failed by OpenTelemetry's conventions. */
function didFail(trace: Trace): boolean {
  return trace.failed(trace.root) && !saysClientError(trace, trace.root);
}

/** Nobody notices: it is quick, it did not fail, and nothing but its own time is known. */
export function isUnnoticed(trace: Trace, { detector, facts }: Finding, detectors: Detectors): boolean {
  if (didFail(trace) || facts.usualRootUs !== undefined) return false;
  return isDescription(detector, detectors) && trace.durationOfUs(trace.root) <= SATISFIES_US;
}

/** Hashes of passwords are made to be slow: argon2, bcrypt, scrypt and PBKDF2 are named so by every library. */
const PASSWORD_HASH = /(?:^|[^a-z])(?:argon2(?:id|i|d)?|bcrypt(?:js)?|scrypt|pbkdf2)(?:$|[^a-z])/i;
/** OWASP's password storage cheat sheet: computing a hash should take less than one second. */
const LONGEST_HASH_US = 1_000_000;

/** The time is that of one password's hash. */
export function isPasswordHash(trace: Trace, { detector, spans }: Finding, detectors: Detectors): boolean {
  const [span] = spans;
  if (span === undefined || !isDescription(detector, detectors) || trace.failed(trace.root)) return false;
  return PASSWORD_HASH.test(trace.operation(span)) && trace.durationOfUs(span) <= LONGEST_HASH_US;
}

/** Scatter and gather: Elasticsearch, Solr, Vespa, Milvus, Bigtable and others ask each part of an index at once. */
const PART_OF_WHOLE = /(?:^|[^a-z])(?:shard|partition|tablet|segment|replica|index[ _-]?node|leaf)s?(?:$|[^a-z])/i;

/** Each part of a store is asked at the same time, in a request that nobody finds slow. */
export function isQuickScatter(trace: Trace, { detector, facts, spans }: Finding): boolean {
  if (detector !== 'fan-out' || trace.failed(trace.root) || facts.usualRootUs !== undefined) return false;
  const asksParts = [facts.dependency, facts.what].some((name) => PART_OF_WHOLE.test(nameInWords(String(name))));
  return (
    (asksParts || namesItsPart(trace, spans[0] ?? trace.root)) &&
    Number(facts.atOnce) > 1 &&
    trace.durationOfUs(trace.root) <= SATISFIES_US
  );
}

/**
 * The parts of a query below the span of the engine that runs it (Trino, Spark, ClickHouse, a proxy of shards): its plan
 * says how many run at once, and how long each takes. The query is what people can change.
 */
export function isPlanOfEngine(trace: Trace, { detector, facts, spans }: Finding, detectors: Detectors): boolean {
  if (trace.failed(trace.root) || facts.usualRootUs !== undefined || facts.reason) return false;
  // Parts run at once; calls one after another are no plan.
  const isParts = detector === 'fan-out' && Number(facts.atOnce) > Number(facts.calls) / 2;
  if (!isParts && !isDescription(detector, detectors)) return false;
  if (trace.durationOfUs(trace.root) > KEEPS_ATTENTION_US) return false;
  return spans.length > 0 && spans.every((span) => isBelowEngine(trace, span));
}

/** A plan has few levels: query, stage, task, split, operator. */
const PLAN_LEVELS = 8;

function isBelowEngine(trace: Trace, span: SpanIndex): boolean {
  let above = trace.parent(span);
  for (let level = 0; above !== undefined && level < PLAN_LEVELS; level += 1, above = trace.parent(above))
    if (trace.kind(above) === 'server' && isOfEngine(trace, above)) return true;
  return false;
}

/** The engine's own span of a query is below the call of a database, names its system, or holds the statement. */
function isOfEngine(trace: Trace, span: SpanIndex): boolean {
  const call = trace.parent(span);
  if (call !== undefined && trace.isDatabaseCall(call)) return true;
  return ['db.query.text', 'db.system.name'].some((name) => trace.text(span, name) !== '');
}

const PART_ATTRIBUTE = /(?:^|[._])(?:shard|tablet|segment)(?:[._](?:id|no|number|index))?$/i;

/** The call, the callee, or what it does first has an attribute for the part. */
function namesItsPart(trace: Trace, call: SpanIndex): boolean {
  let span: SpanIndex | undefined = call;
  for (let level = 0; span !== undefined && level <= 2; level += 1, span = trace.firstChild(span))
    if (trace.hasAttribute(span, PART_ATTRIBUTE)) return true;
  return false;
}

/** The service's own line says what it worked on in that time, or that it always takes so long; nothing else is wrong. */
export function isAccountedFor(trace: Trace, { detector, facts }: Finding, detectors: Detectors): boolean {
  if (trace.failed(trace.root) || facts.usualRootUs !== undefined) return false;
  return facts.accounted === true && (detector === ORDINARY || isDescription(detector, detectors));
}

/** A mechanism of time that a quick request has, too: every request spends its time on something. */
const ORDINARY = 'slow-query';

/**
 * A smaller difference that nothing else shows is no news for a request that went well: libraries of tokens tolerate a
 * minute (Spring Security's `JwtTimestampValidator`). The authors of `requests-35` to `requests-48` call seven of nine such
 * requests healthy. One that a line admits, or that something was refused for, counts however small it is.
 */
const APART_US = 5_000_000;

/**
 * The clock of a phone or a browser, which its user sets and nobody here can mend. Minutes and more may make tokens look
 * expired: RFC 7519 (4.1.4) allows “a few minutes” of leeway.
 */
function isOfDeviceClock(trace: Trace, { facts, spans }: Finding): boolean {
  if (!(Number(facts.leastUs) < DEVICE_APART_US) || !isUnsaidSkew(facts)) return false;
  return spans.every((span) => [span, trace.parent(span) ?? span].some((each) => runsOnDevice(trace.resource(each))));
}

const DEVICE_APART_US = 120_000_000;

function isUnsaidSkew({ said, admitted }: Finding['facts']): boolean {
  return said === '' && admitted === '';
}

const IN_A_ROW = 'sequential-calls';
const WRITES = /^(?:POST|PUT|PATCH|DELETE)\b/i;

/** Writes need an order more often than reads: a step of a saga needs the id that the one before has made. */
function areWritesInARow(trace: Trace, { detector, facts, spans }: Finding): boolean {
  const method = (span: SpanIndex) => trace.text(span, 'http.request.method') || trace.operation(span);
  // A row of different calls ends at each write.
  return detector === IN_A_ROW && facts.loop === true && spans.every((span) => WRITES.test(method(span)));
}

/**
 * Few people notice it. A cause that only the shape suggests, or that is one of several that nothing recorded tells
 * apart, is then none that somebody has to mend.
 */
export function isHardlyNoticed(
  trace: Trace,
  finding: Finding,
  { isSaid, isAlone }: Readonly<{ isSaid: boolean; isAlone: boolean }>,
  detectors: Detectors,
): boolean {
  const { detector, facts, inferred } = finding;
  if (isSaid || didFail(trace) || facts.usualRootUs !== undefined) return false;
  if (isFailure(detector, detectors)) return false;
  const rootUs = trace.durationOfUs(trace.root);
  if (isAboutTrace(detector, detectors))
    return (
      (facts.hole === 'placed' && rootUs <= SATISFIES_US) ||
      (Number(facts.leastUs) < APART_US && isUnsaidSkew(facts)) ||
      isOfDeviceClock(trace, finding)
    );
  if (detector === ORDINARY) {
    return rootUs <= SATISFIES_US ? !isMostOfQuick(trace, finding) : isAlone && isMinor(finding, rootUs);
  }
  // The request is over long before its message is taken.
  const noticedUs = facts.isUnexplained === true ? Math.max(rootUs, Number(facts.lagUs)) : rootUs;
  return inferred === true && noticedUs <= (areWritesInARow(trace, finding) ? KEEPS_THOUGHT_US : SATISFIES_US);
}

/** PostgreSQL's manual logs statements from 250 ms on, in its example for `log_min_duration_statement`. */
const LOGGED_AS_SLOW_US = 250_000;

/**
 * People would log the query as slow, and it is most of a request that few people find slow. The first one after a cache
 * lost a value waits for all that follow, which get it from there.
 */
export function isMostOfQuick(trace: Trace, { detector, facts }: Pick<Finding, 'detector' | 'facts'>): boolean {
  const rootUs = trace.durationOfUs(trace.root);
  const quickUs = facts.fillsCache === true ? KEEPS_THOUGHT_US : SATISFIES_US;
  if (detector !== ORDINARY || rootUs > quickUs || trace.failed(trace.root)) return false;
  return Number(facts.heldUs) >= Math.max(LOGGED_AS_SLOW_US, rootUs / 2);
}

/**
 * The start of an instance that few people notice in a request that few people find slow, even where a span names it.
 * AWS: fewer than one in a hundred requests wait for one, from under 100 ms to over a second. A function's platform starts
 * instances as requests come, so there the whole request may take as long as the flow of thought lasts.
 * https://aws.amazon.com/blogs/compute/operating-lambda-performance-optimization-part-1/
 */
export function isShortStart(trace: Trace, { detector, facts, spans }: Finding): boolean {
  if (detector !== STARTS || trace.failed(trace.root) || facts.usualRootUs !== undefined) return false;
  const rootUs = trace.durationOfUs(trace.root);
  if (spans.some((span) => isFunction(trace, span)) && rootUs <= KEEPS_THOUGHT_US) return true;
  return Number(facts.lostUs) <= SLIGHT_US && rootUs <= SATISFIES_US;
}

/** By the attributes of OpenTelemetry's conventions for functions, except for the mark of its start, which others set, too. */
const OF_FUNCTION = /^faas\.(?:trigger|execution|invocation_id|name|id|instance|version)$/;

function isFunction(trace: Trace, span: SpanIndex): boolean {
  return trace.hasAttribute(span, OF_FUNCTION);
}

/** A message waited for a moment, and hardly longer than the work on it takes: its consumers were busy, not behind. */
export function isShortWait({ detector, facts }: Finding): boolean {
  const lagUs = Number(facts.lagUs);
  return detector === LATE && lagUs <= KEEPS_ATTENTION_US && lagUs < MUCH_LONGER * Number(facts.workUs);
}

/** A message waited a moment, as after each failed attempt, and the work on it failed: then the failure counts. */
export function isShortWaitOfFailed({ detector, facts, spans }: Finding, failure: Finding): boolean {
  if (detector !== LATE || Number(facts.lagUs) > KEEPS_ATTENTION_US || failure.facts.message === '') return false;
  return failure.spans.some((span) => spans.includes(span));
}

/** A request waited a moment for a free worker and was quick all the same: a queue of a few is what workers look like at noon. */
export function isShortTurn(trace: Trace, { detector, facts }: Finding): boolean {
  if (detector !== 'pool-exhaustion' || facts.pool === 'database' || trace.failed(trace.root)) return false;
  return Number(facts.waitUs) <= SLIGHT_US && trace.durationOfUs(trace.root) <= SATISFIES_US;
}

/** The only query that is found is short, and takes a small part of a request. */
function isMinor({ facts }: Finding, rootUs: number): boolean {
  const heldUs = Number(facts.heldUs);
  return heldUs <= SLIGHT_US && heldUs < LEAST_PART * rootUs;
}

/** Up to 300 ms people perceive a small delay, and no work of the machine (Grigorik, High Performance Browser Networking). */
const SLIGHT_US = 300_000;
/** With a smaller part, most of the time lies elsewhere. */
const LEAST_PART = 1 / 5;

const TOO_MANY = 429;
/** The server waited for its client's request, and it did not come (RFC 9110). */
const REQUEST_TIMEOUT = 408;

/** Envoy itself limited the request, so nobody behind it answered. */
const LIMITED = /\bRL\b/;

/** The request's own client asks too often, and every service up to it says so. A limit of somebody whom we call is a fault. */
function isOverOwnLimit(trace: Trace, spans: readonly SpanIndex[]): boolean {
  if (trace.httpStatus(trace.root) !== TOO_MANY) return false;
  return spans.every((span) => {
    const callee = trace.firstChild(span);
    const isAnswered =
      trace.kind(span) !== 'client' ||
      LIMITED.test(trace.text(span, 'envoy.response_flags')) ||
      (callee !== undefined && trace.httpStatus(callee) === TOO_MANY);
    return trace.httpStatus(span) === TOO_MANY && isAnswered && !trace.isDatabaseCall(span);
  });
}

/** The service itself refused the request: its client asks too often, or sends too slowly. No call of it failed. */
export function isLimitKept(trace: Trace): boolean {
  const { root } = trace;
  const status = trace.httpStatus(root);
  if (trace.kind(root) !== 'server' || (status !== TOO_MANY && status !== REQUEST_TIMEOUT)) return false;
  return failedSpans(trace).every((span) => span === root || (trace.isInternal(span) && !trace.isDatabaseCall(span)));
}

/**
 * The answer was a refusal that a service meant: a wrong password, no such page. It may have been refused further down,
 * and by code inside a service; a call that failed otherwise is a fault, whatever the root made of it.
 */
export function isRefusal(
  trace: Trace,
  { facts, inferred, spans, detector, evidence = [] }: Finding,
  detectors: Detectors,
): boolean {
  const said = [String(facts.message ?? ''), ...evidence.map(({ text }) => text)];
  if (said.some((text) => blamesClock(text) || KEYS_NOT_FETCHED.test(text))) return false;
  if (isOverOwnLimit(trace, spans)) return true;
  if (isFailure(detector, detectors) && isOnlyWrongPassword(trace)) return true;
  if (inferred === true || facts.isFault === true) return false;
  if (facts.refused === true) return true;
  if (isFailure(detector, detectors) && isLimitKept(trace)) return true;
  if (!saysClientError(trace, trace.root) || !isFailure(detector, detectors)) return false;
  return spans.every((span) => {
    const isInside = trace.isInternal(span) && !trace.isDatabaseCall(span) && trace.httpStatus(span) === 0;
    return saysClientError(trace, span) || isInside || isWrongPassword(trace, said) || foundNoRow(trace, span, said);
  });
}

const UNAUTHENTICATED = 401;
/**
 * What a directory answers to a wrong password: LDAP's result code 49 (RFC 4511, A.2), Kerberos' error 24 (RFC 4120, 7.5.9),
 * RADIUS (RFC 2865), Amazon Cognito (InitiateAuth).
 */
const WRONG_PASSWORD =
  /\bldap\w{0,20}\b.{0,20}\b(?:error|result)(?: ?code)?[: =]{1,3}49\b|\bLDAP_?INVALID_?CREDENTIALS\b|\binvalidCredentials\b|\bKDC_ERR_PREAUTH_FAILED\b|\bAccess-Reject\b|\bincorrect username or password\b/i;

const NOT_FOUND = 404;
/**
 * Libraries that throw where a query finds no row: Spring, JPA and .NET's Single, Go's database/sql and GORM, sqlx of
 * Rust, SQLAlchemy, Django, Active Record, Ecto, Prisma, Eloquent, TypeORM.
 */
const NO_ROW =
  /\bEmptyResultDataAccess|\bNoResultException\b|\bsequence contains no elements\b|\bno rows in result set\b|\bGORM\b.{0,40}\brecord not found\b|\bno rows returned by a query\b|\bRowNotFound\b|\bno row was found when one was required\b|\bNoResultFound\b|\bmatching query does not exist\b|\bRecordNotFound\b|\bEcto\.NoResultsError\b|\bP2025\b|\bModelNotFoundException\b|\bEntityNotFoundError\b/i;

/** The store was asked for one row and has none, and the service answers so. */
function foundNoRow(trace: Trace, span: SpanIndex, said: readonly string[]): boolean {
  if (trace.httpStatus(trace.root) !== NOT_FOUND || !trace.isDatabaseCall(span)) return false;
  return said.some((text) => NO_ROW.test(text));
}

/** Nothing else failed below the refusal, by the words of the calls themselves. */
function isOnlyWrongPassword(trace: Trace): boolean {
  const calls = failedSpans(trace).filter((span) => span !== trace.root);
  return (
    calls.length > 0 &&
    calls.every((span) =>
      isWrongPassword(
        trace,
        failureTexts(trace, span, NO_LINES).map(({ text }) => text),
      ),
    )
  );
}

/** The directory refused what the client sent, and the service passed it on as a refusal. */
function isWrongPassword(trace: Trace, said: readonly string[]): boolean {
  return trace.httpStatus(trace.root) === UNAUTHENTICATED && said.some((text) => WRONG_PASSWORD.test(text));
}
