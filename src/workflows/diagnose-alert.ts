/**
 * An alert becomes a diagnosis: of the trace that it names, else of the failing and the slow traces of its service around
 * its time, from the traces as soon as they are there and again with the logs of the one that shows the fault best.
 *
 *   alert ──► names a trace ──► as `/trace`
 *     └──► its service's traces in the window ──► 3 failing, 3 slowest ──► what most of them show ──► 'trace' ──► 'final'
 */
import type { AnalysedTrace, Forms, Session } from '#analyse/session.ts';
import { openDeadline } from '#core/deadline.ts';
import { ConfigError, NoSourceAnsweredError, SpanhoundError, TraceNotFoundError } from '#core/errors.ts';
import { type SharedVerdict, sharedVerdict } from '#diagnose/shared-verdict.ts';
import { gapOf } from '#gather/collect.ts';
import { GATHER_DEADLINE_MS } from '#gather/plan.ts';
import type { OpenBody, TraceSearch, TraceSource } from '#gather/sources.ts';
import type { Alert } from '#model/alert.ts';
import { serviceOfAlert } from '#model/alert-service.ts';
import { mergedEvidence } from '#model/case.ts';
import type { Gap } from '#model/gap.ts';
import { type AlertFacts, presentAlert } from '#present/slack-alert.ts';
import { chooseExemplars, type Exemplar } from '#workflows/choose-exemplars.ts';
import {
  type DiagnoseTraceParts,
  type DiagnosisStage,
  diagnoseTrace,
  gatherLogs,
  keptEvidence,
  logsLink,
} from '#workflows/diagnose-trace.ts';
import { type Fed, feedSession } from '#workflows/feed-session.ts';
import { gatherWindow } from '#workflows/gather-request.ts';

/** A window, or an alert and with it a window. */
export type AlertSubject = Pick<Alert, 'title' | 'service' | 'labels' | 'traceId' | 'atUs'>;

export type DiagnoseAlertRequest = Readonly<{
  alert: AlertSubject;
  forms: Forms;
  /** What is known to be missing before anything is asked. */
  gaps?: readonly Gap[];
  /** @default the time around the alert */
  window?: Readonly<{ fromUs: number; toUs: number }>;
  /** @default 20000 */
  deadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
}>;

/** Alerts wait for their rule's `for` and its evaluation: what they speak of has been going on for minutes. */
const BEFORE_US = 15 * 60 * 1_000_000;
const AFTER_US = 5 * 60 * 1_000_000;

/** Jaeger's own default for one search. */
const MOST_TRACES = 100;

/** Nothing can be searched for: it is not known which service is meant. */
class UnknownServiceError extends SpanhoundError {
  override readonly name = 'UnknownServiceError';
  readonly code = 'SH_UNKNOWN_SERVICE';
  readonly advice: string;

  constructor({ service }: AlertSubject, known: readonly string[]) {
    super(service === '' ? 'it names no service' : `no service that sends traces is called ${service}`);
    const names = known.toSorted().slice(0, SERVICES_NAMED).join(', ');
    const more = known.length > SERVICES_NAMED ? `, and ${known.length - SERVICES_NAMED} more` : '';
    this.advice = `Services with traces: ${names === '' ? 'none' : `${names}${more}`}. Put one of these names into the alert, as its service, as a label “service” or as a word of its title; or put a trace into it as trace_id=….`;
  }
}

const SERVICES_NAMED = 20;

/** The service is known and there is nothing of it at that time. */
class NoTracesError extends SpanhoundError {
  override readonly name = 'NoTracesError';
  readonly code = 'SH_NO_TRACES';
  readonly advice: string;

  constructor(service: string, sources: readonly string[]) {
    super(`${sources.join(' and ')} ${sources.length === 1 ? 'has' : 'have'} no trace of ${service} around that time`);
    this.advice =
      'It may not have been called at all, its traces may be sampled out or past retention, or they may still be arriving.';
  }
}

/** Without any source of traces: the service logged nothing at that time, or under another name. */
class NoLinesError extends SpanhoundError {
  override readonly name = 'NoLinesError';
  readonly code = 'SH_NO_TRACES';
  readonly advice =
    'It may have another name in the log store (see LOKI_SELECTOR_LABEL), its lines may be past retention, or they may still be arriving.';

  constructor(service: string, sources: readonly string[]) {
    super(`${sources.join(' and ')} ${sources.length === 1 ? 'has' : 'have'} no line of ${service} around that time`);
  }
}

/** Throws where neither the alert's trace nor any trace of its service could be had. */
export async function* diagnoseAlert(
  parts: DiagnoseTraceParts,
  request: DiagnoseAlertRequest,
): AsyncGenerator<DiagnosisStage> {
  const { alert, gaps = [] } = request;
  if (alert.traceId === '') return yield* diagnoseTime(parts, request);
  try {
    yield* diagnoseNamedTrace(parts, request);
  } catch (error) {
    if (!(error instanceof TraceNotFoundError)) throw error;
    const gap = { source: 'alert', problem: error.message, consequence: 'other traces of its service were examined' };
    try {
      yield* diagnoseTime(parts, { ...request, gaps: [...gaps, gap] });
    } catch (second) {
      // That the named trace is not there says more than that there was nothing else, either.
      throw second instanceof UnknownServiceError || second instanceof NoTracesError ? error : second;
    }
  }
}

/** From the traces of that time; where there are none, from what its service logged then. */
async function* diagnoseTime(parts: DiagnoseTraceParts, request: DiagnoseAlertRequest): AsyncGenerator<DiagnosisStage> {
  const { alert, gaps = [] } = request;
  const mayBeInLogs = parts.logSources.length > 0 && alert.service !== '';
  if (mayBeInLogs && !parts.traceSources.some(({ search }) => search)) {
    const gap = { source: 'traces', problem: 'no source of traces is configured', consequence: ONLY_THE_LINES };
    const stage = await diagnoseLines(parts, { ...request, gaps: [...gaps, gap] });
    if (stage !== undefined) return yield stage;
    throw new NoLinesError(
      alert.service,
      parts.logSources.map(({ name }) => name),
    );
  }
  try {
    yield* diagnoseWindow(parts, request);
  } catch (error) {
    const isMissing = error instanceof UnknownServiceError || error instanceof NoTracesError;
    if (!isMissing || !mayBeInLogs) throw error;
    const gap = { source: 'traces', problem: error.message, consequence: ONLY_THE_LINES };
    const stage = await diagnoseLines(parts, { ...request, gaps: [...gaps, gap] });
    if (stage === undefined) throw error;
    yield stage;
  }
}

const ONLY_THE_LINES = 'the verdict rests on log lines alone';

/** Undefined where the service has no line of that time. */
async function diagnoseLines(
  parts: DiagnoseTraceParts,
  { alert, forms, gaps = [], window: asked, deadlineMs = GATHER_DEADLINE_MS, signal }: DiagnoseAlertRequest,
): Promise<DiagnosisStage | undefined> {
  const time = asked ?? { fromUs: alert.atUs - BEFORE_US, toUs: alert.atUs + AFTER_US };
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  const links = { ...parts.settings.links, logs: logsLink(parts) };
  const session = parts.openSession({ ...parts.settings, links });
  try {
    const { service } = alert;
    const stores = { logSources: parts.logSources, signal: deadline.signal };
    const { items, failure } = await gatherWindow(stores, session, { service, ...time });
    if (items === 0 && failure) throw new NoSourceAnsweredError([failure]);
    if (items === 0) return undefined;
    for (const gap of gaps) session.gap(gap);
    const kept = await keptEvidence(parts, async () => ({ ...(await session.evidence()), alert }));
    const window = { kind: asked === undefined ? 'alert' : 'window', service, ...time } as const;
    const [analysed] = await session.reports({ ...forms, window });
    if (analysed === undefined) throw new Error('the session lost the lines that it has read');
    return { stage: 'final', analysed, ...kept };
  } finally {
    deadline.close();
    await session.close();
  }
}

async function* diagnoseNamedTrace(
  parts: DiagnoseTraceParts,
  { alert, forms, deadlineMs, signal }: DiagnoseAlertRequest,
): AsyncGenerator<DiagnosisStage> {
  const reference = { kind: 'trace', id: alert.traceId } as const;
  for await (const found of diagnoseTrace(parts, { reference, forms, deadlineMs, signal })) {
    const { evidence } = found;
    const ofAlert = evidence && { evidence: async () => ({ ...(await evidence()), alert }) };
    yield { ...found, analysed: namedByAlert(found.analysed), ...ofAlert };
  }
}

/** The diagnosis of a trace as the answer to the alert that names it. */
export function namedByAlert(analysed: AnalysedTrace): AnalysedTrace {
  const { report, symptom } = analysed;
  const role = report.diagnosis === null || symptom === 'none' ? 'healthy' : symptom === 'slow' ? 'slow' : 'failing';
  const exemplars = [{ traceId: analysed.traceId, role, why: 'the alert names it' } as const];
  const subject = { ...report.subject, kind: 'alert' } as const;
  return { ...analysed, report: { ...report, subject, exemplars } };
}

/** One search of one source, in a session of its own: a trace that two searches find must not be counted twice in one. */
type Haul = Readonly<{ source: TraceSource; session: Session; traces: readonly AnalysedTrace[]; full: boolean }>;

type Hunt = DiagnoseTraceParts &
  Readonly<{ signal: AbortSignal; gaps: Gap[]; sessions: Session[]; hauls: Haul[]; fromUs: number; toUs: number }>;

async function* diagnoseWindow(
  parts: DiagnoseTraceParts,
  { alert, forms, gaps = [], window, deadlineMs = GATHER_DEADLINE_MS, signal }: DiagnoseAlertRequest,
): AsyncGenerator<DiagnosisStage> {
  const { fromUs, toUs } = window ?? { fromUs: alert.atUs - BEFORE_US, toUs: alert.atUs + AFTER_US };
  const deadline = openDeadline(parts.clock, deadlineMs, signal);
  const hunt: Hunt = { ...parts, signal: deadline.signal, gaps: [...gaps], sessions: [], hauls: [], fromUs, toUs };
  try {
    const service = await searchTraces(hunt, alert);
    const traces = distinct(hunt.hauls.flatMap((haul) => haul.traces));
    const chosen = judgeTogether(traces, alert.atUs);
    const home = hunt.hauls.find((haul) =>
      haul.traces.some(({ traceId }) => traceId === chosen?.verdict.representative),
    );
    if (chosen === undefined || home === undefined)
      throw new NoTracesError(
        service,
        hunt.hauls.map(({ source }) => source.name),
      );

    for (const gap of hunt.gaps) home.session.gap(gap);
    const { representative } = chosen.verdict;
    const hauls = hunt.hauls.map((haul) => ({ traces: haul.traces, traceLink: haul.source.links.trace }));
    const facts = alertFacts({ hauls, fromUs, toUs }, service, traces, chosen);
    const present = async (): Promise<AnalysedTrace> => {
      const [analysed] = await home.session.reports({ ...forms, traceIds: [representative] });
      if (analysed === undefined) throw new Error('the session lost the trace that it has found');
      return presentAlert(analysed, facts);
    };
    const first = await present();
    yield { stage: 'trace', analysed: first };

    await gatherLogs(hunt, home.session, representative);
    const searches = [home, ...hunt.hauls.filter((haul) => haul !== home)];
    const kept = await keptEvidence(parts, async () => {
      const found = await Promise.all(searches.map(({ session }) => session.evidence()));
      return { ...mergedEvidence(found), alert };
    });
    yield { stage: 'final', analysed: await present(), ...kept };
  } finally {
    deadline.close();
    await Promise.all(hunt.sessions.map((session) => session.close()));
  }
}

/** The service as the sources know it. What one of several sources could not say becomes a gap. */
async function searchTraces(hunt: Hunt, alert: AlertSubject): Promise<string> {
  const searching = hunt.traceSources.filter(({ search, services }) => search && services);
  if (searching.length === 0) {
    throw new ConfigError('no source of traces can search: set JAEGER_URL to the address of a Jaeger query service');
  }
  const known = new Set<string>();
  const failures: SpanhoundError[] = [];
  const names = new Set<string>();
  await Promise.all(
    searching.map(async (source) => {
      try {
        const services = (await source.services?.(hunt.signal)) ?? [];
        for (const service of services) known.add(service);
        const service = serviceOfAlert(alert, services);
        if (service === undefined) return;
        names.add(service);
        await searchSource(hunt, source, { service, fromUs: hunt.fromUs, toUs: hunt.toUs, limit: MOST_TRACES });
      } catch (error) {
        if (!(error instanceof SpanhoundError)) throw error;
        failures.push(error);
        const some = hunt.hauls.some((haul) => haul.source === source);
        hunt.gaps.push(gapOf(source.name, error, some ? NOT_ALL : 'its traces were not examined'));
      }
    }),
  );
  const [service] = [...names].sort();
  if (hunt.hauls.length === 0 && failures.length > 0) throw new NoSourceAnsweredError(failures);
  if (service === undefined) throw new UnknownServiceError(alert, [...known]);
  return service;
}

/**
 * A busy service has more traces than one search gives. Those that failed and those that took longest are asked for by
 * themselves then, so that the few that matter are not lost among the many.
 */
async function searchSource(hunt: Hunt, source: TraceSource, query: TraceSearch): Promise<void> {
  const first = await haul(hunt, source, query);
  if (!first.full) return;
  const problem = `has more than ${query.limit} traces of ${query.service} in the window`;
  hunt.gaps.push({
    source: source.name,
    problem,
    consequence: `${query.limit} of them, those marked as errors and the slowest were looked at`,
  });
  const durations = first.traces.map(({ report }) => report.trace?.durationUs ?? 0).sort((a, b) => b - a);
  await haul(hunt, source, { ...query, failing: true });
  await haul(hunt, source, { ...query, minDurationUs: durations[0] ?? 0 });
}

async function haul(hunt: Hunt, source: TraceSource, query: TraceSearch): Promise<Haul> {
  const bodies = (await source.search?.(query, hunt.signal)) ?? [];
  const logs = logsLink(hunt);
  const session = hunt.openSession({ ...hunt.settings, links: { ...hunt.settings.links, ...source.links, logs } });
  hunt.sessions.push(session);
  const fed: Fed[] = [];
  for (const [index, body] of bodies.entries()) fed.push(await feed(session, `traces ${index}`, body));
  const failure = fed.find((one) => one.failure)?.failure;
  // Nothing readable came: that is no answer, and least of all one that says that there is nothing.
  if (failure !== undefined && fed.every(({ items }) => items === 0)) throw failure;
  const untold = fed.find((one) => one.failure && !one.told)?.failure;
  if (untold !== undefined) hunt.gaps.push(gapOf(source.name, untold, NOT_ALL));
  const reports = await session.reports({});
  const traces = reports.filter((trace) => isAsked(trace, query));
  const found = { source, session, traces, full: reports.length >= query.limit };
  hunt.hauls.push(found);
  return found;
}

function feed(session: Session, id: string, { format, source, query, chunks }: OpenBody): Promise<Fed> {
  return feedSession(session, id, { kind: 'trace', format, source, file: '', query }, chunks, NOT_ALL);
}

const NOT_ALL = 'not all traces of the window were looked at';

/** A file holds other traces, too, and a trace of the window may have begun before it. */
export function isAsked(
  { report }: AnalysedTrace,
  { service, fromUs, toUs }: Pick<TraceSearch, 'service' | 'fromUs' | 'toUs'>,
): boolean {
  const startUs = Date.parse(report.subject.from) * 1_000;
  const endUs = startUs + (report.trace?.durationUs ?? 0);
  return startUs <= toUs && endUs >= fromUs && (report.trace?.services.includes(service) ?? false);
}

export function distinct(traces: readonly AnalysedTrace[]): readonly AnalysedTrace[] {
  const byId = new Map<string, AnalysedTrace>();
  for (const trace of traces) if (!byId.has(trace.traceId)) byId.set(trace.traceId, trace);
  return [...byId.values()];
}

export type Together = Readonly<{ exemplars: readonly Exemplar[]; verdict: SharedVerdict }>;

/** The exemplars of these traces and what most of them show; undefined where there are none. */
export function judgeTogether(traces: readonly AnalysedTrace[], atUs: number): Together | undefined {
  const exemplars = chooseExemplars(traces, atUs);
  const verdict = sharedVerdict(
    exemplars.flatMap(({ traceId }) => {
      const report = traces.find((trace) => trace.traceId === traceId)?.report;
      return report === undefined
        ? []
        : [{ traceId, durationUs: report.trace?.durationUs ?? 0, diagnosis: report.diagnosis ?? undefined }];
    }),
  );
  return verdict && { exemplars, verdict };
}

type Window = Readonly<{ fromUs: number; toUs: number }>;

/** Traces and the template of the address at which one of them is opened. */
type Linked = Readonly<{ traces: readonly AnalysedTrace[]; traceLink: string }>;

export function alertFacts(
  { hauls, fromUs, toUs }: Window & Readonly<{ hauls: readonly Linked[] }>,
  service: string,
  traces: readonly AnalysedTrace[],
  { exemplars, verdict }: Together,
): AlertFacts {
  return {
    service,
    fromUs,
    toUs,
    found: traces.length,
    exemplars: exemplars.map((exemplar) => {
      const isIt = ({ traceId }: AnalysedTrace) => traceId === exemplar.traceId;
      return {
        ...exemplar,
        verdict: traces.find(isIt)?.report.diagnosis?.verdict ?? 'nothing wrong found',
        link: hauls.find((haul) => haul.traces.some(isIt))?.traceLink ?? '',
      };
    }),
    shared: verdict.shared && countOf(verdict.shared),
    others: verdict.others.map(countOf),
    healthy: verdict.healthy.length,
  };
}

function countOf({ kind, service, traceIds }: NonNullable<SharedVerdict['shared']>): AlertFacts['others'][number] {
  return { kind, service, traces: traceIds.length };
}
