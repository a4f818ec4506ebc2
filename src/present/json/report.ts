import { memoize } from '#core/memoize.ts';
import type { Analysis, Checked, RequestChange, TraceAnalysis, WindowAnalysis } from '#model/finding/analysis.ts';
import { changeStatus, type Diagnosis, type Grounds, type KnownBy, type Signals } from '#model/finding/diagnosis.ts';
import type { JudgedFinding, Reach } from '#model/finding/finding.ts';
import { type Fingerprint, fingerprintOf } from '#model/finding/fingerprint.ts';
import type { Methods } from '#model/finding/methods.ts';
import type { ClockOffset } from '#model/logs/log-clock.ts';
import { RUNGS } from '#model/logs/log-correlation.ts';
import type { Rung } from '#model/logs/log-line.ts';
import { timeOf } from '#model/logs/log-times.ts';
import type { RequestTimeline } from '#model/logs/request-timeline.ts';
import { type Redaction, redactionsIn } from '#model/redaction/redaction.ts';
import { sealed } from '#model/redaction/sealed.ts';
import type { RequestCounts } from '#model/requests/request-counts.ts';
import type { TimeStretch } from '#model/requests/requests-over-time.ts';
import type { OwnedService } from '#model/services/owned-service.ts';
import { type AskedFor, otherIdText } from '#model/trace/asked-for.ts';
import type { Trace } from '#model/trace/trace.ts';
import { failedSpans } from '#model/trace/views/span-signs.ts';
import { workShares } from '#model/trace/views/work-kinds.ts';
import { type ReportLists, reportLists } from '#present/json/report-lists.ts';
import { reportedMethods } from '#present/json/reported-methods.ts';
import { type ReportedRequest, reportedRequest } from '#present/json/request-path.ts';
import { isoInstant, knownInstant } from '#present/words/instant.ts';
import { shownLines, shownOnce } from '#present/words/plain-text.ts';

/** The JSON report: the output of `--json`, and the stored form of a diagnosis. Fields are added, never renamed. */
export type Report = ReportLists &
  Readonly<{
    schema: 'spanhound.report/1';
    file?: string;
    subject: Readonly<{
      kind: 'trace' | 'alert' | 'window';
      traceId: string;
      service: string;
      from: string;
      to: string;
      requestId?: string;
      /** The requested id, where it differs from the trace's id here, and how the two are related. */
      asked?: string;
      askedNote?: string;
    }>;
    trace: Readonly<{
      spanCount: number;
      serviceCount: number;
      services: readonly string[];
      rootService: string;
      rootOperation: string;
      startTime: string;
      durationUs: number;
      errorCount: number;
      orphanCount: number;
      skewCorrectedCount: number;
    }> | null;
    /** The critical path's time by kind of work: `database`, `network`, `processing`…; see `work-kinds.ts`. */
    work: readonly Readonly<{ kind: string; selfUs: number; share: number }>[];
    findings: readonly Readonly<{
      detector: string;
      severity: 'critical' | 'high' | 'medium' | 'low';
      confidence: number;
      title: string;
      service: string;
      operation: string;
      spanIds: readonly string[];
      wastedUs: number;
      /** How many examined requests show it, and how many of the baseline. Null where no single request can show it. */
      reach: Reach | null;
      /** No recorded data names it: only a gap, a missing span or the order of spans suggests it. */
      inferred: boolean;
      /** How much earlier the request would end without this alone; less where other work runs in parallel. */
      wonUs: number;
      /** Why it is not the verdict; empty where it is the verdict or part of the chain to it. */
      whyNotFirst: string;
      explanation: string;
      remedy: string;
      check: string;
      runbook: string;
      evidence: readonly Readonly<{
        kind: 'span' | 'log' | 'metric' | 'change' | 'event';
        ref: string;
        text: string;
      }>[];
    }>[];
    diagnosis: Readonly<{
      verdict: string;
      status: 'confirmed' | 'likely' | 'inconclusive';
      /** The reason for this status, as a clause. */
      statusReason: string;
      /** The probability that kind and service are right. */
      confidence: number;
      /** What the strength of the evidence is computed from, each 0 to 1; see docs/accuracy.md. */
      signals: Signals;
      /** What the confidence is computed from, each 0 to 1; null for a window, for log lines and for a flaw of the trace. */
      grounds: Grounds | null;
      /** The share of the symptom that the cause explains. */
      share: number;
      kind: string;
      service: string;
      operation: string;
      /**
       * The change that caused it, or may have. `knownBy`: what leads to it; `nearness` is its time alone. `status`: how sure it
       * is that this change led to the cause, which is never surer than the verdict.
       */
      change: Readonly<{
        id: string;
        kind: string;
        service: string;
        at: string;
        knownBy: KnownBy;
        status: 'likely' | 'inconclusive';
      }> | null;
      ranking: readonly Readonly<{ service: string; operation: string; kind: string; score: number }>[];
      chain: readonly Readonly<{ finding: number; because: number }>[];
      ruledOut: readonly Readonly<{ kind: string; service: string; why: string }>[];
      /** Where the data does not name the cause: all possible causes, and the evidence that would show each. Else empty. */
      couldBe: readonly Readonly<{ what: string; shownBy: string }>[];
    }> | null;
    /** How log lines were matched to the request, surest first, and corrected clocks; null where no log was read. */
    logs: Readonly<{
      lines: number;
      rungs: readonly Readonly<{
        rung: Rung;
        surety: 'certain' | 'likely' | 'unsure';
        lines: number;
        services: readonly string[];
        /** The request ids that matched. */
        ids: readonly string[];
      }>[];
      /**
       * Added to the times of a service's lines. `agreeing` of the `pairs` show it: pairs of a line and its span, or of a
       * request's lines here and in the service `against`.
       */
      clockOffsets: readonly ClockOffset[];
    }> | null;
    /** `requestId` where there is no trace id. */
    exemplars: readonly Readonly<{
      traceId: string;
      role: 'failing' | 'slow' | 'healthy';
      why: string;
      requestId?: string;
      /** When a failing one began, where its trace was read. */
      at?: string;
    }>[];
    /** One request reconstructed from its log lines, in order of time; only where it has no trace. */
    timeline?: readonly Readonly<{
      ts: string;
      service: string;
      level: string;
      text: string;
      rung: Rung;
      /** Since the previous line. */
      deltaUs: number;
      failed: boolean;
    }>[];
    /**
     * The nearest changes before the trace, or before the problem of a window began. The one that the verdict names has `knownBy`; if it is the cause,
     * `isCulprit` is true. Missing where no source was asked.
     */
    changes?: readonly Readonly<{
      at: string;
      kind: string;
      service: string;
      id: string;
      text: string;
      isCulprit: boolean;
      knownBy?: KnownBy;
    }>[];
    gaps: readonly Readonly<{ source: string; problem: string; consequence: string }>[];
    /** Counts of redacted values in the texts above, by kind. */
    redactions: readonly Redaction[];
    /** Which detectors found something, found nothing, are turned off, were skipped (and the missing evidence), or failed. */
    checked: Readonly<{
      found: readonly string[];
      clear: readonly string[];
      off: readonly string[];
      skipped: readonly Readonly<{ detector: string; missing: readonly string[] }>[];
      broken: readonly Readonly<{ detector: string; message: string }>[];
    }>;
    /** For a window: how many requests were compared with how many healthy ones. Missing where none were. */
    compared?: Readonly<{ requests: number; healthyRequests: number }>;
    /**
     * For a window or an alert: how many requests to the service failed, and how many of the others were slow (null without
     * enough healthy ones). Requests found by a search for failed or slow ones do not count. Missing where none were read.
     */
    affected?: ReportedCounts;
    /** For a window: when it began, as the requests show it. Missing where they do not. */
    onset?: Readonly<{ at: string; signal: 'failures' | 'errors' | 'latency'; why: string }>;
    /** For a window: the baseline's time window, and why this one was chosen. Missing where healthy requests were given. */
    healthy?: Readonly<{ from: string; to: string; why: string }>;
    /** The diagnosis by each method; see docs/methods.md. Brief reports and reports of older versions have none. */
    methods?: Methods;
    /** A healthy request of the same operation: of the window's baseline, or of a comparison that somebody asked for. */
    healthyRequest?: ReportedRequest;
    /** The request after the fix; only in stored reports, once a verification has confirmed the fix. */
    fixedRequest?: ReportedRequest;
    /** For finding similar incidents; missing where nothing is wrong, and in reports of older versions. */
    fingerprint?: Fingerprint;
    /** Whose the blamed service is, or that in question, from the catalogue of services; only in stored reports. */
    catalogue?: OwnedService;
  }>;

/** Ids stay as in the source. Every other text is redacted and has no control characters. */
export function reportOf(
  analysis: Analysis,
  { brief = false }: Readonly<{ brief?: boolean | undefined }> = {},
): Report {
  const report = sealed(withoutRedactions(analysis, brief));
  // The methods repeat these texts, and in `checked` only `broken` has texts of its own.
  const { diagnosis, checked } = report;
  const isRuledOutPlain = diagnosis === null || isUnmarked(diagnosis.ruledOut);
  const texts = {
    ...report,
    methods: undefined,
    checked: checked.broken,
    ...(isRuledOutPlain && { diagnosis: { ...diagnosis, ruledOut: [] } }),
  };
  return { ...report, redactions: redactionsIn(texts) };
}

/** Memoised, because many traces of a file share the list. */
const isUnmarked = memoize((list: object) => redactionsIn(list).length === 0);

function withoutRedactions(analysis: Analysis, brief: boolean): Omit<Report, 'redactions'> {
  const { file, trace, judgement, checked, gaps } = analysis;
  const { diagnosis } = judgement;
  return {
    schema: 'spanhound.report/1',
    ...(file !== '' && { file }),
    ...(trace === undefined ? aboutWindow(analysis) : aboutTrace(trace, analysis)),
    findings: judgement.findings.map((finding) => reportedFinding(trace, finding)),
    diagnosis: diagnosis === undefined ? null : reportedDiagnosis(diagnosis, judgement.findings),
    logs: reportedLogs(analysis),
    exemplars: trace === undefined ? exemplarsOf(analysis) : [],
    ...(trace === undefined && analysis.request && { timeline: reportedTimeline(analysis.request.timeline) }),
    ...reportedChanges(analysis),
    gaps: gaps.map(({ source, problem, consequence }) => ({
      source: shownLines(source),
      problem: shownLines(problem),
      consequence: shownLines(consequence),
    })),
    checked: checked.broken.length === 0 ? checked : { ...checked, broken: checked.broken.map(reportedBroken) },
    ...(!brief && { methods: reportedMethods(analysis) }),
    ...reportedFingerprint(analysis),
  };
}

function reportedChanges(analysis: Analysis): Pick<Report, 'changes'> {
  const { changes } = analysis.trace === undefined ? (analysis.seen ?? {}) : analysis;
  return changes === undefined ? {} : { changes: changes.map(reportedBefore) };
}

function reportedBefore({ atUs, kind, service, id, text, role }: RequestChange) {
  return {
    at: isoInstant(atUs),
    kind,
    service: shownLines(service),
    id: shownLines(id),
    text: shownLines(text),
    isCulprit: role === 'cause' || role === 'possible',
    ...(role !== undefined && { knownBy: role === 'near' ? ('nearness' as const) : ('evidence' as const) }),
  };
}

function reportedBroken({ detector, message }: Checked['broken'][number]): Report['checked']['broken'][number] {
  return { detector, message: shownLines(message) };
}

function reportedFingerprint(analysis: Analysis): Pick<Report, 'fingerprint'> {
  const fingerprint = fingerprintOf(analysis);
  if (fingerprint === undefined) return {};
  const { kind, service, operation, errorType, templates, neighbours, path } = fingerprint;
  return {
    fingerprint: {
      kind,
      service: shownLines(service),
      operation: shownLines(operation),
      errorType: shownLines(errorType),
      templates,
      neighbours: neighbours.map(shownLines),
      ...(path && { path: path.map(shownLines) }),
    },
  };
}

type About = ReportLists &
  Pick<Report, 'subject' | 'trace' | 'work' | 'compared' | 'affected' | 'onset' | 'healthy' | 'healthyRequest'>;

function aboutTrace(trace: Trace, { asked, beside }: Pick<TraceAnalysis, 'asked' | 'beside'>): About {
  const from = isoInstant(trace.startEpochUs);
  return {
    subject: {
      kind: 'trace',
      traceId: trace.traceId,
      service: shownLines(trace.service(trace.root)),
      from,
      to: isoInstant(trace.startEpochUs + trace.durationUs),
      ...(asked && askedNote(asked, trace.traceId)),
    },
    trace: traceFacts(trace, from),
    ...reportLists(trace),
    work: workShares(trace),
    ...(beside && { healthyRequest: reportedRequest(beside) }),
  };
}

function askedNote(asked: AskedFor, traceId: string): Pick<Report['subject'], 'asked' | 'askedNote'> {
  const note = otherIdText(asked, traceId);
  return note === '' ? {} : { asked: shownLines(asked.text), askedNote: shownLines(note) };
}

function aboutWindow({ window, logs, requests, healthyRequests, seen, cluster }: WindowAnalysis): About {
  const { kind, service, fromUs, toUs, requestId, onset, healthy } = window;
  const { fromUs: firstUs, toUs: lastUs } = timeOf(logs);
  return {
    subject: {
      kind,
      traceId: '',
      service: shownLines(service),
      from: knownInstant([fromUs, firstUs, cluster?.takenUs].find(Number.isFinite)),
      to: knownInstant([toUs, lastUs, cluster?.takenUs].find(Number.isFinite)),
      ...(requestId !== undefined && { requestId: shownLines(requestId) }),
    },
    trace: null,
    criticalPath: [],
    attribution: [],
    work: [],
    ...(requests > 0 && { compared: { requests, healthyRequests } }),
    ...(seen?.affected && { affected: reportedCounts(seen.affected) }),
    ...(onset && { onset: { at: isoInstant(onset.atUs), signal: onset.signal, why: shownLines(onset.why) } }),
    ...(healthy && {
      healthy: { from: isoInstant(healthy.fromUs), to: isoInstant(healthy.toUs), why: shownLines(healthy.why) },
    }),
  };
}

/** Instants as in the rest of the report. */
export type ReportedCounts = Omit<RequestCounts, 'failing' | 'overTime'> &
  Readonly<{
    failing?: Readonly<{ first: string; last: string }>;
    overTime?: readonly (Pick<TimeStretch, 'isHealthy' | 'slots'> & Readonly<{ from: string; to: string }>)[];
  }>;

/** Without control characters in the names of operations. */
export function reportedCounts({ failing, operations, overTime, ...counts }: RequestCounts): ReportedCounts {
  const [first, last] = [knownInstant(failing?.firstUs), knownInstant(failing?.lastUs)];
  return {
    ...counts,
    ...(operations && { operations: operations.map((one) => ({ ...one, operation: shownLines(one.operation) })) }),
    ...(first !== '' && last !== '' && { failing: { first, last } }),
    ...(overTime && {
      overTime: overTime.map(({ isHealthy, fromUs, toUs, slots }) => {
        return { isHealthy, from: isoInstant(fromUs), to: isoInstant(toUs), slots };
      }),
    }),
  };
}

function exemplarsOf({ request, seen }: WindowAnalysis): Report['exemplars'] {
  const ofLines = (request?.exemplars ?? []).map(({ id, why }) => ({
    traceId: '',
    role: 'failing' as const,
    why,
    requestId: shownLines(id),
  }));
  return [
    ...(seen?.exemplars ?? []).map(({ traceId, role, why, startUs }) => {
      const at = knownInstant(startUs);
      return { traceId, role, why: shownLines(why), ...(at !== '' && { at }) };
    }),
    ...ofLines,
  ];
}

/** A request with more lines shows the first ones and those that report a failure. */
const MOST_ENTRIES = 1_000;

function reportedTimeline({ entries, startEpochUs }: RequestTimeline): NonNullable<Report['timeline']> {
  return entries
    .filter(({ failed }, at) => failed || at < MOST_ENTRIES)
    .slice(0, 2 * MOST_ENTRIES)
    .map(({ line, atUs, deltaUs, text, failed }) => ({
      ts: isoInstant(startEpochUs + atUs),
      service: shownLines(line.service),
      level: shownLines(line.level),
      text: shownLines(text),
      rung: line.rung ?? 'request-id',
      deltaUs,
      failed,
    }));
}

function reportedLogs({ logs, correlation }: Analysis): Report['logs'] {
  return correlation === undefined
    ? null
    : {
        lines: logs.length,
        rungs: correlation.rungs.map(({ rung, lines, services, ids }) => ({
          rung,
          surety: RUNGS.find((one) => one.rung === rung)?.surety ?? 'unsure',
          lines,
          services: services.map(shownLines),
          ids: ids.map(shownLines),
        })),
        clockOffsets: correlation.offsets.map((offset) => ({
          ...offset,
          service: shownLines(offset.service),
          against: shownLines(offset.against),
        })),
      };
}

function traceFacts(trace: Trace, startTime: string): Report['trace'] {
  return {
    spanCount: trace.arrivedCount,
    serviceCount: trace.services.length,
    services: trace.services.map(shownLines),
    rootService: shownLines(trace.service(trace.root)),
    rootOperation: shownLines(trace.operation(trace.root)),
    startTime,
    durationUs: trace.durationUs,
    errorCount: failedSpans(trace).length,
    orphanCount: trace.repairs.orphan,
    skewCorrectedCount: trace.repairs.clockSkew,
  };
}

const ONE_REQUEST: Reach = { requests: 1, of: 1, healthy: 0, ofHealthy: 0 };

function reportedFinding(trace: Trace | undefined, finding: JudgedFinding): Report['findings'][number] {
  return {
    detector: finding.detector,
    severity: finding.severity,
    confidence: finding.confidence,
    title: shownLines(finding.title),
    service: shownLines(finding.service),
    operation: shownLines(finding.operation),
    spanIds: trace === undefined ? [] : finding.spans.map((span) => trace.spanId(span)),
    wastedUs: finding.wastedUs,
    reach: finding.reach ?? (trace !== undefined && finding.spans.length > 0 ? ONE_REQUEST : null),
    inferred: finding.inferred === true,
    wonUs: finding.wonUs,
    whyNotFirst: shownLines(finding.whyNotFirst ?? ''),
    explanation: shownLines(finding.explanation),
    remedy: shownLines(finding.remedy),
    check: shownLines(finding.check),
    runbook: finding.runbook,
    evidence: (finding.evidence ?? []).map(({ kind, ref, text }) => ({ kind, ref, text: shownLines(text) })),
  };
}

function reportedChange({ change, status }: Diagnosis): NonNullable<Report['diagnosis']>['change'] {
  if (change === undefined) return null;
  const { id, kind, service, atUs, knownBy } = change;
  return {
    id,
    kind,
    service: shownLines(service),
    at: isoInstant(atUs),
    knownBy,
    status: changeStatus({ status, change }),
  };
}

function reportedDiagnosis(diagnosis: Diagnosis, findings: readonly JudgedFinding[]): Report['diagnosis'] {
  return {
    verdict: shownLines(diagnosis.verdict),
    status: diagnosis.status,
    statusReason: diagnosis.statusReason,
    confidence: diagnosis.confidence,
    signals: diagnosis.signals,
    grounds: diagnosis.grounds ?? null,
    share: diagnosis.share,
    kind: diagnosis.kind,
    service: shownLines(diagnosis.service),
    operation: shownLines(diagnosis.operation),
    change: reportedChange(diagnosis),
    ranking: diagnosis.ranking.map(({ service, operation, kind, score }) => ({
      service: shownLines(service),
      operation: shownLines(operation),
      kind,
      score,
    })),
    chain: diagnosis.chain,
    ruledOut: reportedRuledOut(withoutTwins(diagnosis.ruledOut, findings)),
    couldBe: (diagnosis.couldBe ?? []).map(({ what, shownBy }) => ({
      what: shownLines(what),
      shownBy: shownLines(shownBy),
    })),
  };
}

/** Names may differ only by control characters, and then they look the same here: none is ruled out that is found. */
function withoutTwins(ruledOut: Diagnosis['ruledOut'], findings: readonly JudgedFinding[]): Diagnosis['ruledOut'] {
  const isTwin = (kind: string, service: string, plain: string) =>
    findings.some((one) => one.detector === kind && one.service !== service && shownLines(one.service) === plain);
  const isFound = ({ kind, service }: Diagnosis['ruledOut'][number]) => isTwin(kind, service, shownLines(service));
  return ruledOut.some(isFound) ? ruledOut.filter((one) => !isFound(one)) : ruledOut;
}

/** Many traces of a file share it. */
const reportedRuledOut = shownOnce((ruledOut: Diagnosis['ruledOut']) =>
  ruledOut.map(({ kind, service, why }) => ({ kind, service: shownLines(service), why: shownLines(why) })),
);
