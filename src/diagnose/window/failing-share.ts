/**
 * A window in which one request in twenty fails is not healthy, even if the baseline is no better. With nothing else to
 * blame, the verdict says how many fail and with which error, and that the cause is unsure.
 *
 *   3 of 12 requests fail with 503 Service Unavailable, 4 of 40 in the baseline; all of the failures begin in payment
 *   POST /charge
 */
import { toldWithChange } from '#diagnose/change-behind.ts';
import { isFailure } from '#diagnose/finding-kinds.ts';
import { NO_SIGNALS } from '#diagnose/signals.ts';
import { HARDLY, LIKELY } from '#diagnose/status.ts';
import { blamedChange, isOfChange, isOnlyNear, isPossible, isTied } from '#diagnose/window/blamed-change.ts';
import type { Detectors } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { EvidenceItem, Finding, JudgedFinding } from '#model/finding/finding.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { answeredStatus } from '#model/logs/log-answers.ts';
import { type LogLine, NO_LINES } from '#model/logs/log-line.ts';
import { wholeShares } from '#model/metrics/error-shares.ts';
import { shareText } from '#model/metrics/limited.ts';
import { measured } from '#model/metrics/measured.ts';
import { requestRates } from '#model/metrics/request-rates.ts';
import type { Series } from '#model/metrics/series.ts';
import { failingMost } from '#model/requests/affected-requests.ts';
import { areTooMany, failuresAmong } from '#model/requests/failing-requests.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { type Share, shareOf } from '#model/stats/proportion.ts';
import { type Points, pointsBetween } from '#model/stats/trend.ts';
import { counted } from '#model/text/count-text.ts';
import type { Trace } from '#model/trace/trace.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { failureMessage, failureStatus } from '#model/trace/views/failure-text.ts';

export type FailingEvidence = Readonly<{
  window: TimeWindow;
  traces: readonly Trace[];
  seen: readonly SeenRequest[];
  /** Empty without a baseline. */
  healthySeen: readonly SeenRequest[];
  logs: readonly LogLine[];
  series: readonly Series[];
  detectors: Detectors;
}>;

/** Adds the failures where the judgement blames nothing and too many requests fail, or a detector found failures. */
export function withFailures(judgement: Judgement, evidence: FailingEvidence): Judgement {
  const { diagnosis, findings } = judgement;
  const { detectors } = evidence;
  if (diagnosis !== undefined && diagnosis.confidence >= HARDLY) return judgement;
  const failing = failingRequests(evidence) ?? failingAnswers(evidence) ?? failingMeasured(evidence);
  const root =
    failing === undefined
      ? findings.find((finding) => tellsOfFailures(finding, detectors))
      : findingOf(failing, detectors);
  if (root === undefined) return judgement;
  const share = failing?.begin === undefined ? 1 : shareOf(failing.begin);
  const judged: JudgedFinding = { ...root, severity: 'medium', wonUs: 0, share, confidence: UNSURE * share };
  const others = findings.filter(({ detector, service }) => detector !== root.detector || service !== root.service);
  const { symptom } = judgement;
  const all = [judged, ...others.map((finding) => ({ ...finding, confidence: 0 }))];
  return {
    ...judgement,
    ...(symptom.kind === 'none' && { symptom: { kind: 'failed', text: root.title } }),
    findings: all,
    diagnosis: withItsChange(diagnosisOf(judged, evidence, diagnosis?.ruledOut ?? []), all, detectors),
  };
}

/** A change of the service in which the failures begin, if something in it fits. It stays unsure. */
function withItsChange(diagnosis: Diagnosis, findings: readonly JudgedFinding[], detectors: Detectors): Diagnosis {
  const at = findings.findIndex((one) => isOfChange(one, detectors) && one.service === diagnosis.service);
  const found = findings[at];
  if (found === undefined || isOnlyNear(found) || isTied(found) || isPossible(found)) return diagnosis;
  return {
    ...diagnosis,
    ...toldWithChange(diagnosis, found, 'it began'),
    change: blamedChange([found], detectors),
    chain: [...diagnosis.chain, { finding: 0, because: at }],
  };
}

/** The spans show where failures begin, but not why: less than likely. */
const UNSURE = LIKELY - 0.01;

/** A failure of single requests that healthy ones have as well says nothing. */
function tellsOfFailures({ detector, facts, whyNotFirst }: JudgedFinding, detectors: Detectors): boolean {
  if (whyNotFirst !== undefined) return false;
  const isOfFailures = isFailure(detector, detectors) || detector === detectors.named('failing-requests').id;
  return isOfFailures && facts.isSlow !== true;
}

type Failing = Readonly<{
  service: string;
  operation: string;
  title: string;
  /** How many of the failures begin there; undefined where nothing shows it. */
  begin?: Share;
  evidence: readonly EvidenceItem[];
}>;

function failingRequests({ traces, seen, healthySeen, window }: FailingEvidence): Failing | undefined {
  const now = failuresAmong(seen);
  if (!areTooMany(now)) return undefined;
  const failed = new Set(seen.filter((one) => one.failed && isUnchosen(one.sample)).map(({ traceId }) => traceId));
  const failing = traces.filter(({ traceId }) => failed.has(traceId));
  const { service, operation, requests } = failingMost(failing);
  const begin = { times: requests, of: failing.length };
  return {
    service: service || window.service,
    operation,
    title: `${ofThem(now)} fail${now.times === 1 ? 's' : ''}${withWhat(failing)}${inHealth(healthySeen)}; ${beginText(begin)} in ${service} ${operation}`,
    begin,
    evidence: failing.slice(0, SHOWN).map((trace) => ({
      kind: 'span',
      ref: trace.spanId(trace.root),
      text: `trace ${trace.traceId}: ${trace.operation(trace.root)} of ${trace.service(trace.root)} fails`,
    })),
  };
}

const SHOWN = 3;

function ofThem({ times, of }: Share): string {
  return `${times} of ${counted(of, 'request')}`;
}

function inHealth(healthySeen: readonly SeenRequest[]): string {
  const { times, of } = failuresAmong(healthySeen);
  return of === 0 ? '' : `, ${times === 0 ? 'none' : times} of ${of} in the baseline`;
}

function beginText({ times, of }: Share): string {
  if (of === 1) return 'the failure begins';
  return `${times === of ? 'all' : times} of the failures begin`;
}

const LONGEST_MESSAGE = 80;

/** The status or message that most failures have where they begin. */
function withWhat(failing: readonly Trace[]): string {
  const said = failing.map((trace) => {
    const span = errorOrigins(trace)[0]?.spans[0] ?? trace.root;
    const message = failureMessage(trace, span, NO_LINES)?.text.slice(0, LONGEST_MESSAGE) ?? '';
    return failureStatus(trace, span) || failureStatus(trace, trace.root) || message;
  });
  const told = said.filter((text) => text !== '');
  const [most] = [...Map.groupBy(told, (text) => text)].sort(
    ([a, one], [b, two]) => two.length - one.length || (a < b ? -1 : 1),
  );
  if (most === undefined) return '';
  const [what, { length }] = most;
  return length === failing.length ? ` with ${what}` : `, ${length} of them with ${what}`;
}

/** One failure among so many requests is no rate: a service that keeps 99.9 % fails now and then. */
const MANY_ANSWERS = 10;

function isLone({ times, of }: Share): boolean {
  return times === 1 && of >= MANY_ANSWERS;
}

/** Counts log lines with the status of a response. */
function failingAnswers({ logs, window }: FailingEvidence): Failing | undefined {
  const answered = logs.flatMap((line) => {
    const status = answeredStatus(line);
    return status === 0 ? [] : [{ line, status }];
  });
  const failed = answered.filter(({ status }) => status >= 500);
  const [most] = [...Map.groupBy(failed, ({ line }) => line.service)].sort(
    ([a, one], [b, two]) => two.length - one.length || (a < b ? -1 : 1),
  );
  const share = { times: failed.length, of: answered.length };
  if (most === undefined || !areTooMany(share) || isLone(share)) return undefined;
  const [service, own] = most;
  const statuses = [...new Set(own.map(({ status }) => status))].sort((a, b) => a - b).join(', ');
  return {
    service: service || window.service,
    operation: '',
    title: `${ofThem(share)} in the log fail${share.times === 1 ? 's' : ''} with ${statuses}`,
    begin: { times: own.length, of: failed.length },
    evidence: own.slice(0, SHOWN).map(({ line }) => ({ kind: 'log', ref: line.timeNs, text: line.line })),
  };
}

/**
 * Reads metrics of services without any examined request. Requests are more reliable: a metric may mean something else.
 */
function failingMeasured({ series, window, traces }: FailingEvidence): Failing | undefined {
  const seen = new Set(traces.flatMap(({ services }) => services));
  const rates = requestRates(series).flatMap(({ service, metric, failing, all }) =>
    failing === undefined ? [] : [{ service, metric, share: meanIn(window, failing, all) }],
  );
  const shares = wholeShares(measured(series))
    .filter(({ concept, scope, part }) => concept === 'error_share' && scope === 'service' && part === '')
    .filter((one) => !hasNeverAnswered(one.values))
    .map((one) => {
      const counts = requestRates(series).find(({ service }) => service === one.service)?.all;
      return { service: one.service, metric: one.metric, share: meanIn(window, one, counts) };
    });
  const [most] = [...rates, ...shares]
    .filter(({ service, share }) => service !== '' && !seen.has(service) && areTooMany({ times: share, of: 1 }))
    .filter(({ service }) => window.service === '' || service === window.service)
    .sort((a, b) => b.share - a.share || (a.service < b.service ? -1 : 1));
  if (most === undefined) return undefined;
  const { service, metric, share } = most;
  const title = `${service}: ${shareText(share)} of all requests fail`;
  return { service, operation: '', title, evidence: [{ kind: 'metric', ref: metric, text: `${metric}: ${title}` }] };
}

/** A success rate of 0 from the first point to the last belongs to a service that answers no such requests. */
function hasNeverAnswered(failing: Points['values']): boolean {
  return Array.from(failing).every((share) => share === 1);
}

/** The mean share, weighted by requests where a metric counts them: a minute with one request counts for one. */
function meanIn({ fromUs, toUs }: TimeWindow, shares: Points, counts?: Points): number {
  const within = Number.isFinite(fromUs) && Number.isFinite(toUs) ? pointsBetween(shares, fromUs, toUs) : shares;
  const weightAt = new Map(Array.from(counts?.atUs ?? [], (us, at) => [us, counts?.values[at] ?? 0]));
  let [sum, weights] = [0, 0];
  for (const [at, us] of Array.from(within.atUs).entries()) {
    const weight = counts === undefined ? 1 : (weightAt.get(us) ?? 0);
    sum += weight * (within.values[at] ?? 0);
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

function findingOf({ service, operation, title, evidence }: Failing, detectors: Detectors): Finding {
  const { id, runbook } = detectors.named('failing-requests');
  return {
    detector: id,
    runbook,
    service,
    operation,
    spans: [],
    wastedUs: 0,
    facts: {},
    title,
    explanation: 'This many failures are a problem even if as many requests fail at other times.',
    remedy: `Open one of the failing requests and the log lines of ${service}. Find out since when so many fail.`,
    check: 'One client sends all failing requests by mistake, and nobody needs their responses.',
    evidence,
  };
}

function diagnosisOf(root: JudgedFinding, { traces }: FailingEvidence, ruledOut: Diagnosis['ruledOut']): Diagnosis {
  const { service, operation, confidence, share, title, check, remedy, runbook, detector: kind } = root;
  const others = new Set(traces.flatMap(({ services }) => services).filter((name) => name !== service));
  return {
    verdict: title,
    status: 'inconclusive',
    statusReason: 'too many requests fail, and no evidence shows why',
    confidence,
    signals: NO_SIGNALS,
    share,
    kind,
    service,
    operation,
    ranking: [
      { service, operation, kind, score: confidence },
      ...[...others].sort().map((name) => ({ service: name, operation: '', kind: '', score: 0 })),
    ],
    chain: [],
    ruledOut,
    check,
    remedy,
    runbook,
  };
}
