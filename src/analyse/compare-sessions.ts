/** Compares two sessions; the spans of both stay inside. */
import type { Session } from '#analyse/session.ts';
import { knownDetectors } from '#detect/known.ts';
import { requestDetectors } from '#detect/request-registry.ts';
import { logChanges } from '#diagnose/compare-logs.ts';
import { compareLines, compareTraces, type SideInput } from '#diagnose/comparison.ts';
import { isAboutTrace } from '#diagnose/finding-kinds.ts';
import type { Elsewhere } from '#diagnose/got-worse.ts';
import { chooseHealthy, HEALTHY_TRACES } from '#diagnose/healthy-choice.ts';
import { verificationOf } from '#diagnose/verification.ts';
import type { TraceAnalysis } from '#model/finding/analysis.ts';
import type { Gap } from '#model/finding/gap.ts';
import { overlaps, type Stretch } from '#model/incident/trouble-time.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { isHealthy, requestOf } from '#model/requests/baseline.ts';
import { comparableId } from '#model/trace/id-forms.ts';
import type { Trace } from '#model/trace/trace.ts';
import type { ComparisonForms, PresentedComparison } from '#present/present-comparison.ts';
import { presentComparison } from '#present/present-comparison.ts';

export type CompareRequest = Readonly<{
  /** `verification`: the healthy side is before a fix, the failing side after it. */
  as: 'comparison' | 'verification';
  forms: ComparisonForms;
  /** Only these traces of a side; all traces if missing. */
  healthy?: readonly string[];
  failing?: readonly string[];
  /** Chooses the healthy traces itself, among all of its side. */
  choose?: boolean;
  /** Times of known problems: none of their traces is chosen. */
  without?: readonly Stretch[];
  /** What else was known of the time that the chosen traces come from, as a clause. */
  despite?: string | undefined;
  /** Traces before a fix that were chosen because they show the fault; all if missing. */
  faulty?: readonly string[];
  /** Traces before a fix that were not chosen: only these show how often requests had the fault; all if missing. */
  sampled?: readonly string[];
}>;

/** `healthy`: how many there are. `missing`: why there is nothing to compare. */
export type Compared = Readonly<
  | { kind: 'compared'; healthy: number; presented: PresentedComparison }
  | { kind: 'missing'; side: 'healthy' | 'failing'; why: string }
>;

/** Two sessions in one thread. */
export type SessionPair = Readonly<{
  healthy: Session;
  failing: Session;
  compare(request: CompareRequest): Promise<Compared>;
  close(): Promise<void>;
}>;

/** A session as seen inside its thread. */
export type LocalSession = Session &
  Readonly<{
    analyses(traceIds?: readonly string[]): Iterable<TraceAnalysis>;
    /** All lines, in order of time. */
    lines(): readonly LogLine[];
    /** Before the results are presented. */
    beginRedaction(): void;
    draw(svg: string): Promise<Uint8Array>;
  }>;

/** Per side: more traces show nothing new. */
const MOST_TRACES = 100;

export async function compareSessions(
  healthy: LocalSession,
  failing: LocalSession,
  request: CompareRequest,
): Promise<Compared> {
  failing.beginRedaction();
  const one = [...healthy.analyses(request.healthy)];
  const other = [...failing.analyses(request.failing)];
  if (request.as === 'comparison' && (one.length === 0 || other.length === 0)) {
    const [before, now] = [healthy.lines(), failing.lines()];
    if (before.length > 0 && now.length > 0) return await compareLogs(before, now, request, failing.draw);
  }
  return request.as === 'verification'
    ? await verify(one, other, { ...request, draw: failing.draw })
    : await compare(one, other, { ...request, draw: failing.draw });
}

async function compareLogs(
  healthy: readonly LogLine[],
  failing: readonly LogLine[],
  { forms }: CompareRequest,
  draw: LocalSession['draw'],
): Promise<Compared> {
  const compared = compareLines(healthy, failing);
  return {
    kind: 'compared',
    healthy: compared.comparison.periods ?? 0,
    presented: await presentComparison(compared, forms, draw),
  };
}

type Asked = CompareRequest & Pick<LocalSession, 'draw'>;

async function compare(
  healthy: readonly TraceAnalysis[],
  all: readonly TraceAnalysis[],
  asked: Asked,
): Promise<Compared> {
  const failing = ofOneRequest(withFault(all), healthy).slice(0, MOST_TRACES);
  const [first] = failing;
  if (first === undefined) return { kind: 'missing', side: 'failing', why: 'the input holds no trace' };
  const side = asked.choose
    ? chosenSide(outside(healthy, asked.without), first, asked.despite)
    : givenSide(healthy, first);
  if (side.traces.length === 0) return { kind: 'missing', side: 'healthy', why: side.chosen };
  const { comparison, sides } = compareTraces(
    side,
    { traces: failing.map(({ trace }) => trace), chosen: pickedOf(failing, all) },
    logChanges(
      linesOf(healthy, side.traces),
      linesOf(
        failing,
        failing.map(({ trace }) => trace),
      ),
    ),
  );
  const gaps = [...comparison.gaps, ...first.gaps];
  const presented = await presentComparison({ comparison: { ...comparison, gaps }, sides }, asked.forms, asked.draw);
  return { kind: 'compared', healthy: side.traces.length, presented };
}

/** The traces with a problem; a recorded alert also contains the others that were found. */
function withFault(all: readonly TraceAnalysis[]): readonly TraceAnalysis[] {
  const faulty = all.filter(({ judgement }) => isFaulty(judgement));
  return faulty.length > 0 ? faulty : all;
}

function isFaulty({ diagnosis }: TraceAnalysis['judgement']): boolean {
  return diagnosis !== undefined && !isAboutTrace(diagnosis.kind, knownDetectors(requestDetectors));
}

/**
 * Keeps the traces of the most frequent request. If two are equally frequent, a request that the other side also has comes
 * first, then the first by name. One name may stand for different requests: traces that reach other services are another
 * request.
 */
function ofOneRequest(analyses: readonly TraceAnalysis[], others: readonly TraceAnalysis[]): readonly TraceAnalysis[] {
  const known = new Set(others.map(({ trace }) => requestOf(trace)));
  const groups = [...Map.groupBy(analyses, ({ trace }) => [requestOf(trace), ...trace.services].join('\n'))];
  const isKnown = (group: readonly TraceAnalysis[]) => Number(group.some(({ trace }) => known.has(requestOf(trace))));
  const [best] = groups.sort(
    ([a, one], [b, two]) => isKnown(two) - isKnown(one) || two.length - one.length || (a < b ? -1 : 1),
  );
  return best?.[1] ?? [];
}

function pickedOf(failing: readonly TraceAnalysis[], all: readonly TraceAnalysis[]): string {
  return failing.length === all.length ? '' : `of ${all.length}, those of one request that have a problem`;
}

function linesOf(analyses: readonly TraceAnalysis[], traces: readonly Trace[]): TraceAnalysis['logs'][] {
  return analyses.filter(({ trace }) => traces.includes(trace)).map(({ logs }) => logs);
}

function outside(candidates: readonly TraceAnalysis[], times: readonly Stretch[] = []): readonly TraceAnalysis[] {
  if (times.length === 0) return candidates;
  const spanOf = ({ startEpochUs, durationUs }: Trace) => ({ fromUs: startEpochUs, toUs: startEpochUs + durationUs });
  return candidates.filter(({ trace }) => !times.some((time) => overlaps(time, spanOf(trace))));
}

/** A trace with the same fault is not healthy, unless all have it: then it is normal for the request. */
function chosenSide(candidates: readonly TraceAnalysis[], failing: TraceAnalysis, despite?: string): SideInput {
  const others = candidates.filter((candidate) => !isSameFault(candidate, failing));
  const choice = chooseHealthy(others.map(traceOf), failing.trace);
  const { traceIds, chosen } =
    choice.traceIds.length > 0 ? choice : chooseHealthy(candidates.map(traceOf), failing.trace);
  const traces = tracesNamed(candidates, traceIds);
  return { traces, chosen: traces.length > 0 && despite !== undefined ? `${chosen}; ${despite}` : chosen };
}

function isSameFault({ judgement: one }: TraceAnalysis, { judgement: other }: TraceAnalysis): boolean {
  if (!isFaulty(one) || !isFaulty(other)) return false;
  return one.diagnosis?.kind === other.diagnosis?.kind && one.diagnosis?.service === other.diagnosis?.service;
}

function traceOf({ trace }: TraceAnalysis): Trace {
  return trace;
}

function tracesNamed(candidates: readonly TraceAnalysis[], traceIds: readonly string[]): SideInput['traces'] {
  const wanted = new Set(traceIds);
  return candidates.map(({ trace }) => trace).filter(({ traceId }) => wanted.delete(traceId));
}

/** The traces that the person calls healthy, except for failed ones among several. */
function givenSide(given: readonly TraceAnalysis[], { trace }: TraceAnalysis): SideInput {
  const alike = given.filter((other) => requestOf(other.trace) === requestOf(trace));
  const ofRequest = alike.length > 0 ? alike : given;
  const well = ofRequest.filter((other) => isHealthy(other.trace) && !isFaulty(other.judgement));
  const taken = (well.length > 0 ? well : ofRequest).map((other) => other.trace);
  if (taken.length > MOST_TRACES) {
    const { traceIds, chosen } = chooseHealthy(taken, trace, 5 * HEALTHY_TRACES);
    return { traces: taken.filter(({ traceId }) => traceIds.includes(traceId)), chosen };
  }
  const chosen =
    taken.length === given.length
      ? ''
      : `${taken.length} of ${given.length} given traces: of the same request, with nothing wrong`;
  return { traces: taken, chosen: given.length === 0 ? 'the input holds no trace' : chosen };
}

async function verify(
  before: readonly TraceAnalysis[],
  after: readonly TraceAnalysis[],
  asked: Asked,
): Promise<Compared> {
  const isNamed = flagged(before, asked.faulty);
  const first = ofOneRequest(withFault(before.filter((_, at) => isNamed[at])), after)[0];
  if (first === undefined) return { kind: 'missing', side: 'healthy', why: 'the input holds no trace' };
  const request = requestOf(first.trace);
  const [one, other] = [before, after].map((side) =>
    side.filter(({ trace }) => requestOf(trace) === request).slice(0, MOST_TRACES),
  );
  if (one === undefined || other === undefined || other.length === 0) {
    return {
      kind: 'missing',
      side: 'failing',
      why: `the input holds no trace of ${nameOf(first.trace)}${onlyOthers(after)}`,
    };
  }
  const sideOf = (analyses: readonly TraceAnalysis[]) => ({ traces: analyses.map(traceOf), chosen: '' });
  const logs = logChanges(
    one.map((each) => each.logs),
    other.map((each) => each.logs),
  );
  const compared = compareTraces(sideOf(one), sideOf(other), logs);
  const [others, othersAfter] = [before, after].map((side) =>
    side.map(traceOf).filter((trace) => requestOf(trace) !== request),
  );
  const verification = verificationOf({
    before: one,
    after: other,
    comparison: compared.comparison,
    sides: compared.sides,
    isFaulty: flagged(one, asked.faulty),
    isSampled: flagged(one, asked.sampled),
    detectors: knownDetectors(requestDetectors),
    elsewhere: elsewhereIn(others ?? [], othersAfter ?? []),
  });
  const gaps = [...compared.comparison.gaps, ...otherRequests(first.trace, othersAfter ?? [])];
  const comparison = { ...compared.comparison, gaps };
  const presented = await presentComparison(
    { comparison, sides: compared.sides, verification },
    asked.forms,
    asked.draw,
  );
  return { kind: 'compared', healthy: one.length, presented };
}

/** For each trace whether it is one of these; if none is, as if none had been named. */
function flagged(analyses: readonly TraceAnalysis[], ids: readonly string[] = []): readonly boolean[] {
  const wanted = new Set(ids.map(comparableId));
  const flags = analyses.map(({ trace }) => wanted.has(comparableId(trace.traceId)));
  return flags.includes(true) ? flags : flags.map(() => true);
}

/** A fix may break other requests: compares their failures, not their durations. */
function elsewhereIn(before: readonly Trace[], after: readonly Trace[]): Elsewhere {
  const failed = (traces: readonly Trace[]) => traces.filter((trace) => trace.failed(trace.root));
  const shareOf = (traces: readonly Trace[]) => ({ times: failed(traces).length, of: traces.length });
  const [most] = [...Map.groupBy(failed(after), nameOf)].sort(
    ([a, one], [b, two]) => two.length - one.length || (a < b ? -1 : 1),
  );
  return { before: shareOf(before), after: shareOf(after), request: most?.[0] ?? '' };
}

/** `GET /orders on web` */
function nameOf(trace: Trace): string {
  return `${trace.operation(trace.root)} on ${trace.service(trace.root)}`;
}

function onlyOthers([one, ...more]: readonly TraceAnalysis[]): string {
  if (one === undefined) return '';
  return more.length === 0
    ? `, only one of ${nameOf(one.trace)}`
    : `, only ${more.length + 1} of other requests, such as ${nameOf(one.trace)}`;
}

function otherRequests(trace: Trace, others: readonly Trace[]): Gap[] {
  if (others.length === 0) return [];
  const are = others.length === 1 ? 'trace after it is of another request' : 'traces after it are of other requests';
  const consequence = `the times and the calls of ${nameOf(trace)} alone were compared`;
  return [{ source: 'comparison', problem: `${others.length} ${are}`, consequence }];
}
