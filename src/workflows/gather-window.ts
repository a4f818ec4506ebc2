/**
 * Gathers the evidence of a time window into one session: its requests, those of a healthy window before it, and the
 * log lines of the services in both.
 *
 *   survey    a few requests of every part of the window, and of the window before    ──► when it began
 *   deepen    more around the beginning, since then, and before; rare operations; failed ones; slow ones
 *   beside    log lines of the services in question, in both windows
 *
 * A backend returns the latest requests of a time window first. A single query on a busy service would return only its
 * last second, so every window is queried in parts.
 */
import type { Session } from '#analyse/session.ts';
import { isoFromUs } from '#core/clock.ts';
import { NoSourceAnsweredError, SpanhoundError } from '#core/errors.ts';
import { FEWEST, healthOf, LONGEST_BACK_US, otherTimes } from '#diagnose/window/healthy-time.ts';
import { type FoundOnset, onsetOf } from '#diagnose/window/onset.ts';
import { gapOf } from '#gather/collect.ts';
import { windowLineQueries } from '#gather/plan.ts';
import type { TraceSearch, TraceSource } from '#gather/sources.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Alert } from '#model/incident/alert.ts';
import { serviceOfAlert } from '#model/incident/alert-service.ts';
import { type KnownTroubles, overlaps, type TroubleTime, withMargins } from '#model/incident/trouble-time.ts';
import { isUnchosen, type Sample, type SeenRequest } from '#model/requests/seen-request.ts';
import { askEarlier } from '#workflows/ask-earlier.ts';
import { type Answered, type Asked, answersOf } from '#workflows/ask-logs.ts';
import { type DiagnoseTraceParts, logsLink } from '#workflows/diagnose-trace.ts';
import { type Fed, feedSession } from '#workflows/feed-session.ts';
import { gatherChanges } from '#workflows/gather-changes.ts';
import { gatherDatabases } from '#workflows/gather-databases.ts';
import { gatherMetrics } from '#workflows/gather-metrics.ts';
import { gatherPlatform } from '#workflows/gather-platform.ts';
import { noTraceSource } from '#workflows/no-trace-source.ts';

/** A window, or an alert and its window. */
export type AlertSubject = Pick<Alert, 'title' | 'service' | 'labels' | 'traceId' | 'atUs'>;

export type WindowHunt = DiagnoseTraceParts &
  Readonly<{
    signal: AbortSignal;
    session: Session;
    service: string;
    /** Sources that may have requests of the service, each with its own name for it. */
    searched: readonly Searched[];
    /** The original time window: an alert's window may begin before or after its problem. */
    asked: Time & Readonly<{ kind: 'alert' | 'window' }>;
    counts: { bodies: number };
    /** Limits parallel searches: a backend serves other alerts too, and queues only so many. */
    inTurn: Turns;
    /** If the service receives no more requests, its callers: their requests show what happened to it. */
    callers: string[];
    /** Time windows with more requests than were read. */
    full: Time[];
    /** Knows the times of earlier problems; undefined if there is no record. */
    known: KnownTroubles | undefined;
    /** Problems that began before the time window. */
    troubles: TroubleTime[];
  }>;

type Searched = Readonly<{ source: TraceSource; service: string }>;

/** Microseconds since the epoch. */
type Time = Readonly<{ fromUs: number; toUs: number }>;

/** The minimum length of the window before, in which the service is examined. */
const BEFORE_US = 30 * 60 * 1_000_000;
/** Of a survey: the parts of each window, and the requests of each part. */
const PARTS = 15;
const OF_PART = 8;
/** How many requests of each window are compared, if there are enough; fewer than `FEW` trigger another search. */
const ENOUGH = 150;
const FEW = 90;
/** The requests to read around the beginning. */
const PARTS_AROUND = 6;
/** A beginning known with this precision needs no further search. */
const EXACT_US = 5_000_000;
/** For rare operations, failed requests, and slow requests. */
const OF_CHOSEN = 20;
const MOST_PLACES = 4;
/** An operation in one of twenty requests. */
const RARE_SHARE = 0.05;

const NOT_ALL = 'not all traces of the time window were examined';

/** No search is possible because the service is unknown. */
export class UnknownServiceError extends SpanhoundError {
  override readonly name = 'UnknownServiceError';
  readonly code = 'SH_UNKNOWN_SERVICE';
  readonly advice: string;

  constructor({ service }: AlertSubject, known: readonly string[]) {
    super(service === '' ? 'it names no service' : `no service that sends traces is called ${service}`);
    const names = known.toSorted().slice(0, SERVICES_NAMED).join(', ');
    const more = known.length > SERVICES_NAMED ? `, and ${known.length - SERVICES_NAMED} more` : '';
    this.advice = `Services with traces: ${names === '' ? 'none' : `${names}${more}`}. Put one of these names into the alert: as its service, as a label “service” or as a word of its title. Or add a trace to it as trace_id=….`;
  }
}

const SERVICES_NAMED = 20;

/** The service is known, but has no data for that time window. */
export class NoTracesError extends SpanhoundError {
  override readonly name = 'NoTracesError';
  readonly code = 'SH_NO_TRACES';
  readonly advice: string;

  constructor({ service, searched }: WindowHunt) {
    const sources = searched.map(({ source }) => source.name);
    super(`${sources.join(' and ')} ${sources.length === 1 ? 'has' : 'have'} no trace of ${service} around that time`);
    this.advice =
      'It may have received no calls. Its traces may also be sampled out, past retention, or still arriving.';
  }
}

/** Finds out which sources know the service, and by which name. A failure of one of several sources becomes a gap. */
export async function openWindow(
  parts: DiagnoseTraceParts,
  {
    alert,
    asked,
    signal,
    known: troubles,
  }: Pick<WindowHunt, 'asked' | 'signal' | 'known'> & Readonly<{ alert: AlertSubject }>,
): Promise<WindowHunt> {
  const searching = parts.traceSources.filter(({ search, services }) => search && services);
  if (searching.length === 0) {
    throw await noTraceSource(parts, 'no trace source can search');
  }
  const known = new Set<string>();
  const failed: { source: string; failure: SpanhoundError }[] = [];
  const searched: Searched[] = [];
  await Promise.all(
    searching.map(async (source) => {
      try {
        const services = (await source.services?.(signal)) ?? [];
        for (const service of services) known.add(service);
        const service = serviceOfAlert(alert, services);
        if (service !== undefined) searched.push({ source, service });
      } catch (error) {
        if (!(error instanceof SpanhoundError)) throw error;
        failed.push({ source: source.name, failure: error });
      }
    }),
  );
  searched.sort((a, b) => searching.indexOf(a.source) - searching.indexOf(b.source));
  const [first] = searched;
  const failures = failed.map(({ failure }) => failure);
  if (known.size === 0 && failures.length > 0) throw new NoSourceAnsweredError(failures);
  if (first === undefined) throw new UnknownServiceError(alert, [...known]);
  const links = { ...parts.settings.links, ...first.source.links, logs: logsLink(parts) };
  const session = parts.openSession({ ...parts.settings, links });
  for (const { source, failure } of failed) session.gap(gapOf(source, failure, NOT_EXAMINED));
  const { service } = first;
  return {
    ...parts,
    signal,
    session,
    service,
    searched,
    asked,
    counts: { bodies: 0 },
    inTurn: turns(),
    callers: [],
    full: [],
    known: troubles,
    troubles: [],
  };
}

const NOT_EXAMINED = 'its traces were not examined';

/** A first look at the window and at the one before it. Throws if no source answered. */
export async function survey(hunt: WindowHunt): Promise<void> {
  const now = { kind: 'trace', sample: 'all', limit: OF_PART } as const;
  const then = { ...now, kind: 'baseline' } as const;
  const answers = await Promise.all([
    ...askInParts(hunt, hunt.asked, PARTS, now),
    ...askInParts(hunt, timeBefore(hunt), PARTS, then),
  ]);
  const answering = answers.filter(({ failure }) => failure === undefined);
  const failures = [
    ...new Map(answers.flatMap(({ failure }) => failure ?? []).map((one) => [one.message, one])).values(),
  ];
  if (answering.length === 0 && failures.length > 0) throw new NoSourceAnsweredError(failures);
  for (const { source } of hunt.searched) {
    const own = answers.filter((answer) => answer.source === source);
    const failed = own.find(({ failure, told }) => failure !== undefined && !told);
    if (failed?.failure === undefined) continue;
    const some = own.some(({ failure }) => failure === undefined);
    hunt.session.gap(gapOf(source.name, failed.failure, some ? NOT_ALL : NOT_EXAMINED));
  }
  await followCallers(hunt, [now, then]);
  await askForTroubles(hunt);
}

/** A problem that began in the window is the one in question. */
async function askForTroubles(hunt: WindowHunt): Promise<void> {
  const { fromUs, toUs } = hunt.asked;
  const services = [...new Set([...throughOf(hunt), ...(await passedBy(hunt))])];
  const asked = { services, fromUs: timeBefore(hunt).fromUs - 2 * LONGEST_BACK_US, toUs };
  const troubles = (await hunt.known?.(asked)) ?? [];
  hunt.troubles.push(...troubles.filter((trouble) => trouble.fromUs < fromUs));
}

/** If a service receives no more requests, the requests of its callers are examined instead. */
async function followCallers(hunt: WindowHunt, [now, then]: readonly [now: Search, then: Search]): Promise<void> {
  const requests = await unchosen(hunt);
  if (!isSilent(requests, hunt.asked)) return;
  const callers = Map.groupBy(requests, ({ caller }) => caller);
  callers.delete('');
  const most = [...callers].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1)).slice(0, MOST_CALLERS);
  if (most.length === 0) return;
  hunt.callers.push(...most.map(([caller]) => caller));
  const answers = await Promise.all([
    ...askInParts(hunt, hunt.asked, PARTS, now),
    ...askInParts(hunt, timeBefore(hunt), PARTS, then),
  ]);
  for (const { source, failure, told } of answers) {
    if (failure !== undefined && !told) hunt.session.gap(gapOf(source.name, failure, NOT_ALL));
  }
  const problem = `${hunt.service} has had no requests since ${isoFromUs(lastUs(requests))}`;
  hunt.session.gap({
    source: 'traces',
    problem,
    consequence: `the requests of ${hunt.callers.join(' and ')} were read instead`,
  });
}

const MOST_CALLERS = 2;
/** A rarely used service has pauses, but not in so many consecutive parts of the window. */
const SILENT_PARTS = 3;

/** Requests came in nearly every part of the window before, but in none of the last parts. */
function isSilent(requests: readonly SeenRequest[], { fromUs, toUs }: Time): boolean {
  const partUs = (toUs - fromUs) / PARTS;
  const silentUs = toUs - SILENT_PARTS * partUs;
  const before = requests.filter(({ startUs }) => startUs <= silentUs);
  const parts = new Set(before.map(({ startUs }) => Math.floor((silentUs - startUs) / partUs)));
  return before.length >= FEWEST && before.length === requests.length && parts.size >= PARTS / 2;
}

function lastUs(requests: readonly SeenRequest[]): number {
  return requests.reduce((us, { startUs }) => Math.max(us, startUs), 0);
}

/**
 * The window to judge, from the data so far: the time since the problem began, and a healthy window that ended before.
 * An earlier problem that is over is not the beginning.
 */
export async function windowOf(hunt: WindowHunt): Promise<WindowSubject> {
  const { asked, service } = hunt;
  const requests = await unchosen(hunt);
  const found = beginningIn(hunt, requests);
  const beganUs = found?.atUs ?? asked.fromUs;
  const onset = found && { atUs: found.atUs, signal: found.signal, why: found.why };
  const window = {
    kind: asked.kind,
    service,
    fromUs: asked.kind === 'window' ? Math.max(beganUs, asked.fromUs) : beganUs,
    toUs: asked.toUs,
    through: throughOf(hunt),
    onset,
  };
  return { ...window, ...healthOf({ ...placeOf(hunt, window, found), onset, requests }) };
}

function beginningIn(hunt: WindowHunt, requests: readonly SeenRequest[]): FoundOnset | undefined {
  const { toUs } = hunt.asked;
  const time = { fromUs: timeBefore(hunt).fromUs, toUs };
  const over = hunt.troubles.filter((trouble) => trouble.toUs < toUs);
  return onsetOf(requests.filter((request) => isIn(request, time) && !over.some((trouble) => isIn(request, trouble))));
}

/** The beginning lies between two requests that were read; lines and points in between may already show the problem. */
function placeOf(hunt: WindowHunt, window: Time, found: FoundOnset | undefined) {
  const toUs = Math.min(found?.afterUs ?? window.fromUs, window.fromUs);
  return { window, before: { ...timeBefore(hunt), toUs }, troubles: hunt.troubles };
}

/** Reads more of the parts that the survey only sampled; false if there are no more. Never throws on purpose. */
export async function deepen(hunt: WindowHunt): Promise<boolean> {
  const rounds = [topUp, aroundOnset, aroundOnset, earlierTimes, topUp, rarePlaces, whatStandsOut];
  let more = false;
  for (const round of rounds) {
    const asked = await round(hunt, await windowOf(hunt));
    const answers = await Promise.all(asked);
    for (const { source, failure, told } of answers) {
      if (failure !== undefined && !told) hunt.session.gap(gapOf(source.name, failure, NOT_ALL));
    }
    more ||= answers.some(({ traces = 0 }) => traces > 0);
  }
  return more;
}

/** Gathers all other evidence in parallel. Add further kinds of evidence here. */
export async function gatherBeside(
  hunt: WindowHunt,
  window: WindowSubject,
  services: readonly string[],
): Promise<void> {
  const { fromUs, toUs } = window;
  const inQuestion = [...throughOf(hunt), ...services];
  const all = [...new Set([...inQuestion, ...(await passedBy(hunt))])];
  await Promise.all([
    gatherLines(hunt, window, services),
    gatherMetrics(hunt, hunt.session, {
      services: all.slice(0, Math.max(inQuestion.length, MOST_MEASURED)),
      fromUs,
      toUs,
    }),
    gatherPlatform(hunt, hunt.session),
    gatherDatabases(hunt, hunt.session, 'window'),
    gatherChanges(hunt, hunt.session, { services: all, fromUs, toUs }),
  ]);
}

/** How many queries a metrics store gets per service, so the number of services is limited. */
const MOST_MEASURED = 8;

/** Services with the most requests first: the service at fault may not appear in them. */
async function passedBy(hunt: WindowHunt): Promise<readonly string[]> {
  const passing = Map.groupBy(
    (await unchosen(hunt)).flatMap(({ services }) => services),
    (service) => service,
  );
  return [...passing].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1)).map(([service]) => service);
}

/** All requests of the original window, because they may be judged one by one. */
export async function askedRequests(hunt: WindowHunt): Promise<readonly SeenRequest[]> {
  const all = await hunt.session.requests(hunt.service);
  return all.filter((request) => isIn(request, hunt.asked) && isOfService(hunt, request));
}

/** The address at which this source opens a trace. */
export function traceLinks({ searched }: WindowHunt, name: string): TraceSource['links'] {
  return searched.find(({ source }) => source.name === name)?.source.links ?? { trace: '', span: '' };
}

type Answer = Fed & Readonly<{ source: TraceSource }>;

type Search = Readonly<{ kind: 'trace' | 'baseline'; sample: Sample; limit: number }> &
  Pick<TraceSearch, 'operation' | 'failing' | 'minDurationUs'> &
  Readonly<{ service?: string }>;

function askInParts(hunt: WindowHunt, time: Time, count: number, search: Search): Promise<Answer>[] {
  return hunt.searched.flatMap(({ source, service }) => {
    const services = search.service === undefined ? asked(hunt, service) : [search.service];
    const { findsAll } = source;
    const each = findsAll ? { ...search, limit: search.limit * count } : search;
    return partsOf(time, findsAll ? 1 : count).flatMap((part) =>
      services.map((one) => hunt.inTurn(() => ask(hunt, source, part, { ...each, service: one }))),
    );
  });
}

type Turns = (work: () => Promise<Answer>) => Promise<Answer>;

const AT_A_TIME = 8;

function turns(): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

/** A search for a silent service would find nothing. */
function asked({ callers }: WindowHunt, service: string): readonly string[] {
  return callers.length > 0 ? callers : [service];
}

function partsOf({ fromUs, toUs }: Time, count: number): readonly Time[] {
  if (toUs <= fromUs) return [];
  const edge = (at: number) => Math.round(fromUs + ((toUs - fromUs) * at) / count);
  return Array.from({ length: count }, (_, at) => ({
    fromUs: edge(at),
    toUs: at === count - 1 ? toUs : edge(at + 1) - 1,
  }));
}

async function ask(
  hunt: WindowHunt,
  source: TraceSource,
  time: Time,
  search: Search & Readonly<{ service: string }>,
): Promise<Answer> {
  const { kind, sample, ...asked } = search;
  const fed: Fed[] = [];
  try {
    for (const body of (await source.search?.({ ...time, ...asked }, hunt.signal)) ?? []) {
      const { format, query, chunks } = body;
      hunt.counts.bodies += 1;
      const head = { kind, format, source: body.source, file: '', query, sample } as const;
      fed.push(await feedSession(hunt.session, `${kind} ${hunt.counts.bodies}`, head, chunks, NOT_ALL));
    }
  } catch (error) {
    if (!(error instanceof SpanhoundError)) throw error;
    return { source, items: 0, failure: error };
  }
  const traces = fed.reduce((sum, one) => sum + (one.traces ?? 0), 0);
  if (sample === 'all' && traces >= search.limit && !source.findsAll) hunt.full.push(time);
  const items = fed.reduce((sum, one) => sum + one.items, 0);
  const failed = fed.find(({ failure }) => failure !== undefined);
  // An unreadable answer is not an answer, and does not prove that there is no data.
  return {
    source,
    items,
    traces,
    ...(failed?.failure && { failure: failed.failure, ...(items > 0 && failed.told && { told: true }) }),
  };
}

function timeBefore({ asked }: WindowHunt): Time {
  return { fromUs: asked.fromUs - Math.max(asked.toUs - asked.fromUs, BEFORE_US), toUs: asked.fromUs - 1 };
}

async function unchosen(hunt: WindowHunt): Promise<readonly SeenRequest[]> {
  const all = await hunt.session.requests(hunt.service);
  return all.filter((request) => isUnchosen(request.sample) && isOfService(hunt, request));
}

/** A file also holds other traces. */
function isOfService(hunt: WindowHunt, { services }: SeenRequest): boolean {
  const through = throughOf(hunt);
  return services.some((service) => through.includes(service));
}

function throughOf({ searched, callers }: WindowHunt): readonly string[] {
  return [...new Set([...searched.map(({ service }) => service), ...callers])].sort();
}

function isIn({ startUs, endUs }: SeenRequest, { fromUs, toUs }: Time): boolean {
  return startUs <= toUs && endUs >= fromUs;
}

/** The backend returns the last requests of a part first: there may be gaps of minutes between two of them. */
async function aroundOnset(hunt: WindowHunt, { onset }: WindowSubject): Promise<Promise<Answer>[]> {
  if (onset === undefined) return [];
  const found = onsetOf(await unchosen(hunt));
  if (found === undefined || found.atUs - found.afterUs <= EXACT_US) return [];
  const around = { fromUs: found.afterUs, toUs: found.atUs };
  if (!hunt.full.some((time) => overlaps(time, around))) return [];
  return askInParts(hunt, around, PARTS_AROUND, { kind: 'trace', sample: 'all', limit: OF_PART / 2 });
}

/** Reads further back only if the window before does not show healthy requests, or no beginning was found. */
async function earlierTimes(
  hunt: WindowHunt,
  { onset, healthy, ...window }: WindowSubject,
): Promise<Promise<Answer>[]> {
  const requests = await unchosen(hunt);
  const own = healthy === undefined ? [] : requests.filter((request) => isIn(request, healthy));
  if (onset !== undefined && own.length >= FEWEST) return [];
  const then = { kind: 'baseline', sample: 'all', limit: OF_PART } as const;
  return otherTimes(placeOf(hunt, window, beginningIn(hunt, requests))).flatMap(({ time }) =>
    askInParts(hunt, time, PARTS / 2, then),
  );
}

/**
 * Reads up to the number that is compared in each window: from the parts that hold more than was read, in smaller
 * parts.
 */
async function topUp(hunt: WindowHunt, { fromUs, toUs, healthy }: WindowSubject): Promise<Promise<Answer>[]> {
  const requests = await unchosen(hunt);
  const toAsk = (time: Time, kind: 'trace' | 'baseline') => {
    const count = requests.filter((request) => isIn(request, time)).length;
    const parts = narrowest(hunt.full.filter((full) => overlaps(full, time)));
    if (count >= FEW || parts.length === 0) return [];
    const inEach = Math.ceil(PARTS / parts.length);
    const limit = OF_PART + Math.ceil((ENOUGH - count) / (parts.length * inEach));
    return parts.flatMap((part) => askInParts(hunt, part, inEach, { kind, sample: 'all', limit }));
  };
  return [...toAsk({ fromUs, toUs }, 'trace'), ...(healthy === undefined ? [] : toAsk(healthy, 'baseline'))];
}

/** If one window contains another, keeps the inner one. */
function narrowest(times: readonly Time[]): readonly Time[] {
  const holds = (outer: Time, inner: Time) =>
    outer.fromUs <= inner.fromUs && inner.toUs <= outer.toUs && inner.toUs - inner.fromUs < outer.toUs - outer.fromUs;
  return times.filter((time) => !times.some((other) => holds(time, other)));
}

/** An operation in one of a hundred requests is searched by name, in both windows. */
async function rarePlaces(hunt: WindowHunt, { fromUs, toUs, healthy }: WindowSubject): Promise<Promise<Answer>[]> {
  if (hunt.full.length === 0 || healthy === undefined) return [];
  const requests = await unchosen(hunt);
  const counts = new Map<string, { place: Pick<Search, 'service' | 'operation'>; count: number }>();
  const note = (key: string, place: Pick<Search, 'service' | 'operation'>) => {
    const known = counts.get(key);
    counts.set(key, { place, count: (known?.count ?? 0) + 1 });
  };
  for (const { services, operation } of requests) {
    for (const service of services) note(service, { service });
    const own = `${hunt.service} `;
    if (operation.startsWith(own)) note(operation, { operation: operation.slice(own.length) });
  }
  return [...counts]
    .filter(([, { count }]) => count <= RARE_SHARE * requests.length)
    .sort(([a, { count: m }], [b, { count: n }]) => m - n || (a < b ? -1 : 1))
    .slice(0, MOST_PLACES)
    .flatMap(([key, { place }]) => {
      const search = { ...place, sample: `of ${key}`, limit: OF_CHOSEN } as const;
      return [
        ...askInParts(hunt, { fromUs, toUs }, 1, { ...search, kind: 'trace' }),
        ...askInParts(hunt, healthy, 1, { ...search, kind: 'baseline' }),
      ];
    });
}

/** Searches for requests marked as errors and for the slowest, so that a sample does not miss them. */
async function whatStandsOut(hunt: WindowHunt, { fromUs, toUs }: WindowSubject): Promise<Promise<Answer>[]> {
  if (hunt.full.length === 0) return [];
  const requests = await askedRequests(hunt);
  for (const { source } of hunt.searched) {
    hunt.session.gap({
      source: source.name,
      problem: `has more traces of ${hunt.service} in the time window than Spanhound reads`,
      consequence: `examined: ${requests.length} from all parts of the window, those marked as errors, and the slowest`,
    });
  }
  const slowestUs = requests.reduce((us, { durationUs }) => Math.max(us, durationUs), 0);
  const time = { fromUs, toUs };
  return [
    ...askInParts(hunt, time, 1, { kind: 'trace', sample: 'failing', limit: OF_CHOSEN, failing: true }),
    ...askInParts(hunt, time, 1, { kind: 'trace', sample: 'slow', limit: OF_CHOSEN, minDurationUs: slowestUs }),
  ];
}

const NO_LINES = 'no log lines were compared with a healthy time window';

/** The maximum number of other services whose lines are read. */
const MOST_OTHERS = 20;

/**
 * Lines of the services in question one by one, and of all other services on the path together: only lines may show the
 * fault.
 */
async function gatherLines(hunt: WindowHunt, window: WindowSubject, services: readonly string[]): Promise<void> {
  const { session, logSources } = hunt;
  if (logSources.length === 0) {
    session.gap({ source: 'logs', problem: 'no log store is configured', consequence: NO_LINES });
    return;
  }
  const requests = await unchosen(hunt);
  const others = new Set(requests.flatMap((request) => request.services).filter((name) => !services.includes(name)));
  const groups = [services, [...others].sort()].filter(({ length }) => length > 0 && length <= MOST_OTHERS);
  const times = [
    { time: window, kind: 'logs' },
    ...(window.healthy === undefined ? [] : [{ time: window.healthy, kind: 'baseline-logs' } as const]),
  ] as const;
  const queries = times.flatMap(({ time, kind }) =>
    groups.flatMap((group, of) =>
      windowLineQueries(group, time).map((query, at): Asked => ({ step: `${kind} ${of} ${at}`, query, kind })),
    ),
  );
  const answers = await answersOf(hunt, session, queries);
  // Lines near the examined requests are the most useful, and a store returns the first ones.
  const full = answers.filter(({ query, items }) => items >= query.limit);
  const nearer = [
    ...new Map(full.map(({ step, query, kind }) => [step, { step: `${step} near`, query, kind }])).values(),
  ];
  const near = await answersOf(
    hunt,
    session,
    nearer.flatMap(({ query, ...asked }) => {
      const time = timeOfLast(requests.filter((request) => isIn(request, query)));
      return time === undefined ? [] : [{ ...asked, query: { ...query, ...time } }];
    }),
  );
  const all = [...answers, ...near];
  for (const source of logSources) {
    const own = all.filter((one) => one.source === source);
    tellLines(session, source.name, own);
  }
  await askEarlier(hunt, session, window, beforeAny(hunt, window));
}

/** An outage that ended longer ago than this is not the same one. */
const RECENT_US = 24 * 60 * 60 * 1_000_000;

/** When the earlier days begin: an error of the last outage is not an everyday error. */
function beforeAny({ troubles }: WindowHunt, { fromUs, healthy }: WindowSubject): number {
  const recent = withMargins(troubles).filter(({ toUs }) => toUs >= fromUs - RECENT_US);
  return Math.min(fromUs, healthy?.toUs ?? fromUs, ...recent.map((trouble) => trouble.fromUs));
}

/** The clocks that write log lines differ. */
const NEAR_US = 500_000;

/** The last ones of a time window, as a backend returns them. */
function timeOfLast(requests: readonly SeenRequest[]): Time | undefined {
  const last = requests.toSorted((a, b) => b.startUs - a.startUs).slice(0, OF_PART);
  if (last.length === 0) return undefined;
  return {
    fromUs: last.reduce((us, { startUs }) => Math.min(us, startUs), Number.POSITIVE_INFINITY) - NEAR_US,
    toUs: last.reduce((us, { endUs }) => Math.max(us, endUs), 0) + NEAR_US,
  };
}

function tellLines(session: Session, source: string, answers: readonly Answered[]): void {
  const failed = answers.find(({ failure, told, items }) => failure !== undefined && !told && items === 0);
  if (failed?.failure) {
    const all = answers.every(({ failure }) => failure !== undefined);
    session.gap(gapOf(source, failed.failure, all ? NO_LINES : 'not all log lines of the time window were read'));
  }
  if (!answers.some(({ query, items }) => items >= query.limit)) return;
  const problem = 'has more log lines of these services than Spanhound reads';
  const consequence = 'read: the first lines of every part of the window, and those around the requests';
  session.gap({ source, problem, consequence });
}
