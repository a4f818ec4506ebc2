/**
 * Which log lines belong to the request of a trace, and how that is known: a ladder, most certain first.
 *
 *   trace-id     certain   the line names the trace, or holds its whole id anywhere
 *   request-id   certain   it contains an id that the trace's spans, or lines that name the trace, use for the request
 *   session      likely    it contains the user's or the session's id, half a minute around the request
 *   time         unsure    its service is one of the trace's, two seconds around the request
 *   address      unsure    it contains the client's address, half a minute around the request
 *
 * For each service only the most certain lines count. Lines of the process itself (a collector's pause, the database's
 * wait for a lock, a full pool, a kill for memory) never name a request: they count beside the certain ones. A line that
 * names another trace or another request never belongs to this one, and a line of another instance of the service is no
 * evidence by its time. A broker's alarm counts until the broker clears it. A line in which the service counts refusals of the
 * same kind counts, too. If the request is one of many failed logins of one client or on one account, the lines of the others
 * show the attack: they count by their address.
 */

import { GC_LINES } from '#model/instruments/gc-words.ts';
import { LOCK_ACQUIRED, LOCK_WAITING } from '#model/instruments/lock-words.ts';
import { isAnswerWithoutShards } from '#model/instruments/partial-words.ts';
import { POOL_STATS } from '#model/instruments/pool-words.ts';
import { saysOfProcess } from '#model/instruments/process-lines.ts';
import { countedRefusals } from '#model/logs/counted-refusals.ts';
import { isOfPooler, withFailedSpan } from '#model/logs/failed-in-line.ts';
import { triesIn } from '#model/logs/guessed-secrets.ts';
import { lastingAlarms } from '#model/logs/lasting-alarms.ts';
import { isOfOtherInstance } from '#model/logs/line-instance.ts';
import { linesAtSpans } from '#model/logs/lines-at-spans.ts';
import { compareNs, epochUsOf, type LogLine, type Rung } from '#model/logs/log-line.ts';
import { loginAttempt } from '#model/logs/login-attempt.ts';
import { withProxiedCall } from '#model/logs/proxied-calls.ts';
import { holdsOneOf, requestIdsIn, requestIdsOf, sessionIdsIn, sessionIdsOf } from '#model/logs/request-ids.ts';
import { withWaitingSpan } from '#model/logs/waited-in-line.ts';
import type { Attributes, SpanIndex } from '#model/trace/columns.ts';
import { comparableId, fullTraceId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import { view } from '#model/trace/view.ts';

export const RUNGS: readonly Readonly<{ rung: Rung; words: string; surety: 'certain' | 'likely' | 'unsure' }>[] = [
  { rung: 'trace-id', words: 'trace id', surety: 'certain' },
  { rung: 'request-id', words: 'request id', surety: 'certain' },
  { rung: 'session', words: 'user or session id', surety: 'likely' },
  { rung: 'time', words: 'time only', surety: 'unsure' },
  { rung: 'address', words: 'source address', surety: 'unsure' },
];

/** In a wider range, lines of other requests outnumber this one's. Hosts stamp their lines with their own clocks. */
export const NEARBY_US = 2_000_000;

/** One person's activity around a request: earlier activity was another matter. */
export const SAME_CLIENT_US = 30_000_000;

/** What else than its trace id identifies the lines of a request. */
export type Ties = Readonly<{
  requestIds: readonly string[];
  sessionIds: readonly string[];
  addresses: readonly string[];
}>;

export type CorrelatedLine = LogLine & Readonly<{ rung: Rung }>;

/** How many lines belong by one rung; `ids` are the request ids, where the rung is that one. */
export type RungCount = Readonly<{ rung: Rung; lines: number; services: readonly string[]; ids: readonly string[] }>;

/** More ids than one request has are an error in the data, and a query has no room for them. */
const MOST_IDS = 8;

/** Headers are recorded where a request enters; reading attributes of a hundred thousand spans would take seconds. */
const SPANS_READ = 200;

export function isCertain({ rung }: Pick<LogLine, 'rung'>): boolean {
  return rung === 'trace-id' || rung === 'request-id';
}

/** Certain to be of this request. Lines without a rung came with the trace. */
export function isOfRequest({ rung }: Pick<LogLine, 'rung'>): boolean {
  return rung === undefined || isCertain({ rung });
}

/** From the first spans of the trace, then from the lines that name it. */
export function tiesOf(trace: Trace, lines: readonly LogLine[]): Ties {
  const spans = firstSpans(trace);
  const attributes = spans.map((span) => trace.attributes(span));
  const id = fullTraceId(trace.traceId);
  const named = lines.filter(namesTrace(trace));
  const requests = new Set([...attributes.flatMap(requestIdsOf), ...named.flatMap(requestIdsIn)]);
  const sessions = new Set([...attributes.flatMap(sessionIdsOf), ...named.flatMap(sessionIdsIn)]);
  for (const own of [id, trace.traceId]) requests.delete(own); // some gateways use the trace id as the request id
  const entries = spans.filter((span) => trace.kind(span) === 'server');
  return {
    requestIds: [...requests].slice(0, MOST_IDS),
    sessionIds: [...sessions].filter((session) => !requests.has(session)).slice(0, MOST_IDS),
    addresses: entries
      .map((span) => clientAddress(trace, span))
      .filter(isOutside)
      .slice(0, 1),
  };
}

/** The id of a request without a trace, and its other ids in its lines. */
export type KnownAs = Readonly<{ requestIds: readonly string[]; traceIds: readonly string[] }>;

/** A line that names more requests belongs to none of them: a batch, a list. */
const NAMED_IN_ONE = 3;

/** The other ids that the lines with this id use for the request. */
export function alsoKnownAs(id: string, lines: readonly LogLine[]): KnownAs {
  const isOfId = test([id]);
  const own = lines.filter(isOfId);
  const requestIds = new Set([id, ...requestIdsNamedIn(own)]);
  const traceIds = new Set(own.map(({ traceId }) => traceId).filter((traceId) => traceId !== ''));
  return { requestIds: [...requestIds].slice(0, MOST_IDS), traceIds: [...traceIds].slice(0, NAMED_IN_ONE) };
}

/** The request ids that name the request in its lines. */
export function requestIdsNamedIn(lines: readonly LogLine[]): string[] {
  const ids = lines.map(requestIdsIn).filter((named) => named.length <= NAMED_IN_ONE);
  return [...new Set(ids.flat())].slice(0, MOST_IDS);
}

/** The user or session of the request, according to its own lines; none where they name several. */
export function sessionIdsNamedIn(lines: readonly LogLine[]): string[] {
  const requests = new Set(lines.flatMap(requestIdsIn));
  const sessions = new Set(lines.flatMap(sessionIdsIn).filter((id) => !requests.has(id)));
  return sessions.size <= NAMED_IN_ONE ? [...sessions] : [];
}

/**
 * Without a trace: the lines that contain the request's id, and those that contain its other ids. For services without
 * such lines, the lines of its user or session, half a minute around it. In order of time, each once.
 */
export function linesOfRequest(id: string, lines: readonly LogLine[]): CorrelatedLine[] {
  const { requestIds, traceIds } = alsoKnownAs(id, lines);
  const isOfRequest = test(requestIds);
  const traces = new Set([id, ...traceIds].map(fullTraceId));
  const certain = lines.flatMap((line): CorrelatedLine[] => {
    if (line.traceId !== '' && traces.has(fullTraceId(line.traceId))) return [{ ...line, rung: 'trace-id' }];
    return isOfRequest(line) ? [{ ...line, rung: 'request-id' }] : [];
  });
  return inOrder([...certain, ...linesOfSession(certain, lines)]);
}

function linesOfSession(certain: readonly CorrelatedLine[], lines: readonly LogLine[]): CorrelatedLine[] {
  const isOfSession = test(sessionIdsNamedIn(certain));
  const heard = new Set(certain.map(({ service }) => service));
  const times = certain.map(epochUsOf);
  const [fromUs, toUs] = [times.reduce((a, b) => Math.min(a, b), Infinity), times.reduce((a, b) => Math.max(a, b), 0)];
  return lines
    .filter((line) => {
      const us = epochUsOf(line);
      const isNear = us >= fromUs - SAME_CLIENT_US && us <= toUs + SAME_CLIENT_US;
      const isOfAnother = line.traceId !== '' || heard.has(line.service);
      return isNear && !isOfAnother && isOfSession(line) && requestIdsIn(line).length === 0;
    })
    .map((line) => ({ ...line, rung: 'session' }));
}

/** Services of the trace without any certain line. */
export function silentServices(trace: Trace, lines: readonly LogLine[]): string[] {
  const heard = new Set(
    linesOfTrace(trace, lines, { several: true })
      .filter(isCertain)
      .map(({ service }) => service),
  );
  return trace.services.filter((service) => service !== '' && !heard.has(service));
}

/**
 * In order of time, each once. Where several traces were read together, lines that share only a time belong to none of
 * them.
 */
export function linesOfTrace(
  trace: Trace,
  lines: readonly LogLine[],
  { several }: Readonly<{ several: boolean }>,
): CorrelatedLine[] {
  const rungOf = ladder(trace, tiesOf(trace, lines), several);
  const serviceOf = namedService(trace);
  const alarms = new Set(lastingAlarms(trace, lines));
  const mine = lines.flatMap((line) => {
    const rung = rungOf(line) ?? (alarms.has(line) ? 'time' : undefined);
    if (rung === undefined) return [];
    const traceId = rung === 'trace-id' ? comparableId(trace.traceId) : line.traceId;
    return [{ ...line, traceId, rung, service: line.service || serviceOf(line, isCertain({ rung })) }];
  });
  const surest = new Map<string, number>();
  for (const { service, rung } of mine) surest.set(service, Math.min(step(rung), surest.get(service) ?? RUNGS.length));
  const kept = mine.filter((line) => step(line.rung) <= (surest.get(line.service) ?? 0) || isOfProcess(line));
  const placed = kept.map((line) => {
    if (line.rung !== 'time') return line;
    return isOfProcess(line) ? withWaitingSpan(trace, withFailedSpan(trace, line)) : withProxiedCall(trace, line);
  });
  const known = new Set(kept.map(keyOf));
  const counted = countedRefusals(kept.filter(isCertain), lines)
    .filter((line) => !known.has(keyOf(line)))
    .map((line): CorrelatedLine => ({ ...line, rung: 'time' }));
  return inOrder([...linesAtSpans(trace, placed, isCertain), ...attackWith(kept, lines), ...counted]);
}

function keyOf({ timeNs, line }: LogLine): string {
  return `${timeNs}\n${line}`;
}

/** Fail2ban blocks an address after five failures; twice as many are no forgotten password. */
const MANY_LOGINS = 10;
/** How long such tools remember a failure: fail2ban's `findtime` is ten minutes by default. */
const ATTACK_US = 600_000_000;

/**
 * The failed logins of the same client, or on the same account, where this request is one of many. Where its lines name no
 * client, a line of the service that counts many attempts is about them.
 */
function attackWith(own: readonly CorrelatedLine[], lines: readonly LogLine[]): CorrelatedLine[] {
  const tried = own.flatMap((line) => {
    const attempt = isCertain(line) ? loginAttempt(line) : undefined;
    return attempt?.failed === true ? [{ ...attempt, line }] : [];
  });
  const [first] = tried;
  if (first === undefined) return [];
  const aboutUs = epochUsOf(first.line);
  const addresses = new Set(tried.map(({ address }) => address).filter((address) => address !== ''));
  const accounts = new Set(tried.map(({ account }) => account).filter((account) => account !== ''));
  const known = new Set(own.map(keyOf));
  const others = lines.filter((line) => {
    if (line.service !== first.line.service || Math.abs(epochUsOf(line) - aboutUs) > ATTACK_US) return false;
    const attempt = known.has(keyOf(line)) ? undefined : loginAttempt(line);
    if (attempt?.failed !== true) return false;
    const isAlike = addresses.has(attempt.address) || accounts.has(attempt.account);
    return isAlike || (addresses.size === 0 && triesIn(line.line) !== undefined);
  });
  const areCounted = [...tried.map(({ line }) => line), ...others].some(({ line }) => triesIn(line) !== undefined);
  const isMany = areCounted || others.length + tried.length >= MANY_LOGINS;
  return isMany ? others.map((line) => ({ ...line, rung: 'address' })) : [];
}

/**
 * For a line whose store names no service: the service of the trace that it names in its head, as in `[hdfs-gw]`,
 * `service=hdfs-gw` or `"name":"hdfs-gw"` (Bunyan and Pino). A line that is certain to be of the request is of its only
 * service.
 */
function namedService({ services }: Trace): (line: LogLine, isCertain: boolean) => string {
  const [only = '', ...others] = services;
  return ({ line }, isCertain) => {
    for (const [, tag = '', field = tag, named = field] of line.slice(0, HEAD).matchAll(NAMES))
      if (services.includes(named)) return named;
    return isCertain && others.length === 0 ? only : '';
  };
}

/** Characters: a time, a level, a thread, a logger and a service. */
const HEAD = 300;
const NAMES = /\[([\w.-]{1,100})\]|\bservice(?:[._]name)?[=:] ?"?([\w.-]{1,100})|"name": ?"([\w.-]{1,100})"/g;

/** At the request's time, without any id: the runtime, the database server or the kernel wrote it. */
function isOfProcess({ rung, line, traceId }: CorrelatedLine): boolean {
  return rung === 'time' && traceId === '' && (saysOfProcess(line) || isAnswerWithoutShards(line));
}

/** Most certain first; rungs without a line are left out. */
export function rungCounts(lines: readonly LogLine[], { requestIds }: Ties): RungCount[] {
  return RUNGS.flatMap(({ rung }) => {
    const of = lines.filter((line) => line.rung === rung);
    if (of.length === 0) return [];
    const services = [...new Set(of.map(({ service }) => service))].filter((service) => service !== '').sort();
    const ids = rung === 'request-id' ? requestIds.filter((id) => holds(of, id)) : [];
    return [{ rung, lines: of.length, services, ids }];
  });
}

function holds(lines: readonly LogLine[], id: string): boolean {
  const isHeld = test([id]);
  return lines.some(isHeld);
}

/** Trace id and request id are one step: a service may write the one into some lines and the other into others. */
function step(rung: Rung): number {
  return Math.max(
    1,
    RUNGS.findIndex((one) => one.rung === rung),
  );
}

type RungOf = (line: LogLine) => Rung | undefined;

function ladder(trace: Trace, ties: Ties, several: boolean): RungOf {
  const ofTrace = namesTrace(trace);
  const ofRequest = test(ties.requestIds);
  const unsure = unsureLadder(trace, ties, several);
  return (line) => {
    if (ofTrace(line)) return 'trace-id';
    if (line.traceId !== '') return undefined;
    return ofRequest(line) ? 'request-id' : unsure(line);
  };
}

/**
 * Whether a line names this trace. Loggers write the id under any name or under none: `tid=…`, `[…]`, `trace …`. So many
 * digits are nothing else, unless the line names another trace.
 */
function namesTrace(trace: Trace): (line: LogLine) => boolean {
  const id = fullTraceId(trace.traceId);
  const own = comparableId(trace.traceId);
  const isWhole = LONG_ID.test(own) ? new RegExp(`(?<![0-9a-z])0*${own}(?![0-9a-z])`, 'i') : undefined;
  return ({ traceId, line, labels }) => {
    if (traceId !== '') return fullTraceId(traceId) === id;
    return isWhole !== undefined && (isWhole.test(line) || Object.values(labels).some((label) => isWhole.test(label)));
  };
}

/** Shorter ids are numbers of other things. */
const LONG_ID = /^[0-9a-f]{24,32}$/;

function unsureLadder(trace: Trace, ties: Ties, several: boolean): RungOf {
  const services = new Set(trace.services);
  const fromUs = trace.startEpochUs;
  const toUs = fromUs + trace.durationUs;
  const isIn = (us: number, marginUs: number) => us >= fromUs - marginUs && us <= toUs + marginUs;
  const shifts = shiftsOf(trace);
  const [ofSession, ofAddress] = [test(ties.sessionIds), test(ties.addresses)];
  const ofAnother = (line: LogLine) => ties.requestIds.length > 0 && requestIdsIn(line).length > 0;
  return (line) => {
    const us = epochUsOf(line);
    const shiftUs = shifts.get(line.service) ?? 0;
    const isWithin = (marginUs: number) => isIn(us, marginUs) || (shiftUs !== 0 && isIn(us + shiftUs, marginUs));
    if (!isWithin(SAME_CLIENT_US) || ofAnother(line)) return undefined;
    if (ofSession(line)) return 'session';
    if (isWithin(NEARBY_US) && (!several || services.has(line.service) || isOfDatabase(trace, line)))
      return isOfForeignInstance(trace, line) ? undefined : 'time';
    return ofAddress(line) ? 'address' : undefined;
  };
}

/** By how much the spans of a service were moved: its lines have the same wrong clock, unless a collector wrote their time. */
function shiftsOf(trace: Trace): ReadonlyMap<string, number> {
  const shifts = new Map<string, number>();
  if (trace.repairs.clockSkew === 0) return shifts;
  for (let span = 0; span < trace.spanCount; span += 1)
    if (trace.shiftUs(span) !== 0) shifts.set(trace.service(span), trace.shiftUs(span));
  return shifts;
}

/**
 * A wait for a lock in a database that the trace calls: its length and its time show whether it is one of this trace. A
 * collection there stops every call.
 */
function isOfDatabase(trace: Trace, { line, service }: LogLine): boolean {
  if (service === '') return false;
  if (isOfPooler(line) || POOL_STATS.test(line)) return POOLER.test(service) && databasesOf(trace).size > 0;
  if (!databasesOf(trace).has(service.toLowerCase())) return false;
  return LOCK_WAITING.test(line) || LOCK_ACQUIRED.test(line) || GC_LINES.test(line);
}

/** No trace has a span of it. */
const POOLER = /pg-?bouncer|pg-?pool|pg-?cat|odyssey|proxysql|rds-?proxy|pooler|supavisor/i;

/** The names of systems and servers. */
const databasesOf = view((trace): ReadonlySet<string> => {
  const names = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1)
    if (trace.isDatabaseCall(span))
      for (const name of [trace.databaseSystem(span), trace.peer(span)]) names.add(name.toLowerCase());
  return names;
});

/**
 * Whether every span of the line's service ran in another instance than the line names. A call of the service without its
 * answering span may have reached any instance.
 */
export function isOfForeignInstance(trace: Trace, line: LogLine): boolean {
  const resources = resourcesOf(trace).get(line.service);
  return resources?.every((resource) => isOfOtherInstance(line, resource)) === true;
}

/** The resources of each service whose instances are all recorded; spans of one process share their resource. */
const resourcesOf = view((trace): ReadonlyMap<string, readonly Attributes[]> => {
  const found = new Map<string, Set<Attributes>>();
  const unrecorded = new Set<string>();
  for (let span = 0; span < trace.spanCount; span += 1) {
    const service = trace.service(span);
    const known = found.get(service);
    if (known === undefined) found.set(service, new Set([trace.resource(span)]));
    else known.add(trace.resource(span));
    const peer = trace.isCall(span) ? trace.peer(span) : '';
    if (peer !== '' && !trace.children(span).some((child) => trace.service(child) === peer)) unrecorded.add(peer);
  }
  for (const service of unrecorded) found.delete(service);
  return new Map([...found].map(([service, resources]) => [service, [...resources]]));
});

function test(ids: readonly string[]): (line: LogLine) => boolean {
  const isIn = holdsOneOf(ids);
  if (isIn === undefined) return () => false;
  return ({ line, labels }) => isIn(line) || Object.values(labels).some(isIn);
}

/** The root and the spans after it from the top down, so that the spans where requests enter are among them. */
function firstSpans(trace: Trace): SpanIndex[] {
  const spans: SpanIndex[] = trace.spanCount === 0 ? [] : [trace.root];
  for (let at = 0; at < spans.length && spans.length < SPANS_READ; at += 1) {
    for (const child of trace.children(spans[at] ?? trace.root)) {
      if (spans.length < SPANS_READ) spans.push(child);
    }
  }
  return spans;
}

/** The client in front of the proxies, by the first address that they forwarded. */
function clientAddress(trace: Trace, span: SpanIndex): string {
  const forwarded = trace.text(span, 'http.request.header.x-forwarded-for').replace(/^\["?/, '');
  return /^[\da-f.:]+/i.exec(forwarded)?.[0] ?? trace.text(span, 'client.address');
}

const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]{0,4}(?::[\da-f]{0,4}){2,7})$/i;

function isOutside(address: string): boolean {
  return ADDRESS.test(address) && !/^(?:127\.|0\.|::1?$)/.test(address);
}

function inOrder<Line extends LogLine>(lines: readonly Line[]): Line[] {
  const seen = new Set<string>();
  return lines
    .filter((line) => {
      const key = `${line.timeNs}\n${line.service}\n${line.line}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => compareNs(a.timeNs, b.timeNs));
}
