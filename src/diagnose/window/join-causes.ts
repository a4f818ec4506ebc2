/**
 * One judgement of a window from two looks at it: what all requests together show (which service got worse, and how),
 * and what single requests name (a row lock, a full pool, a query that is repeated). No finding of either look is lost.
 *
 *   together: `everything in shop takes longer`     requests: `shop loads 50 rows one by one`, 18 of 20, 0 of 40 before
 *   ──► the verdict is the cause that the requests name; that shop got slower follows from it
 *
 * A handful of requests without a baseline shows nothing together: the verdict is that of most of them.
 */

import { toldWithChange } from '#diagnose/change-behind.ts';
import { isFailure } from '#diagnose/finding-kinds.ts';
import { PRECISION } from '#diagnose/judge-around.ts';
import { eitherOf } from '#diagnose/lead.ts';
import { fullResource } from '#diagnose/rules/full-resource.ts';
import { killedCallee } from '#diagnose/rules/killed-callee.ts';
import {
  refusesAhead,
  saysGivenUp,
  saysMessagesWait,
  saysOneMessage,
  saysQueueGrows,
  saysRepeats,
  saysWhoOfMany,
  saysWhyAllWait,
  saysWhyOfMany,
  waitsForThread,
} from '#diagnose/rules/seen-by-many.ts';
import { HARDLY, LIKELY, MOST_INFERRED } from '#diagnose/status.ts';
import { blamedChange, isBehind, isOfChange, mayLeadTo } from '#diagnose/window/blamed-change.ts';
import { commonest, isDescribed, saysOnlyThat } from '#diagnose/window/commonest-cause.ts';
import { kindKey, type RequestCause } from '#diagnose/window/request-causes.ts';
import { kindNamed } from '#diagnose/window/seen-findings.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement, Status } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { isSameService } from '#model/incident/alert-service.ts';
import { FAILURE_KINDS, type FailureKind } from '#model/logs/complaint.ts';
import { reachedLimit } from '#model/metrics/resource-limits.ts';
import { cutLine } from '#model/text/cut-text.ts';
import type { Trace } from '#model/trace/trace.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';

/** `cause`: the verdict as single requests show it; undefined where none does. */
export type JoinedJudgement = Readonly<{ judgement: Judgement; cause: RequestCause | undefined }>;

/**
 * `found` are best first. `asking`: services that call the first one much more often than before. `repeating`: those whose
 * change raised how often they repeat calls.
 */
export function joinCauses(
  together: Judgement,
  found: readonly RequestCause[],
  detectors: Detectors,
  asking: ReadonlySet<string> = NOBODY,
  repeating: ReadonlySet<string> = NOBODY,
): JoinedJudgement {
  const causes = isEndedEarly(together)
    ? found.filter(({ finding }) => !isFailure(finding.detector, detectors))
    : found;
  const lead =
    causes.find((cause) => isRaisedRepeat(cause, together, repeating, detectors)) ??
    causes.find((cause) => isNamedByBoth(cause, together)) ??
    causes.find((cause) => explainsMost(cause) && saysWhy(cause, detectors) && mayLead(cause, together, detectors)) ??
    causes.find((cause) => saysWhySlow(cause, together, detectors)) ??
    causes.find((cause) => isLoadOf(cause, together, asking, detectors)) ??
    causes.find((cause) => isAskedAgain(cause, together, detectors)) ??
    causes.flatMap((cause) => givenUpOn(cause, causes, together, detectors) ?? [])[0] ??
    causes.find((cause) => isCutAfter(cause, together, detectors)) ??
    lockOfStatement(causes, together, detectors) ??
    causes.flatMap((cause) => killedCalled(cause, together, detectors) ?? [])[0] ??
    causes.flatMap((cause) => failureOfCaller(cause, together, detectors) ?? [])[0] ??
    answersFirst(causes, detectors).flatMap((cause) => otherAnswer(cause, together, detectors) ?? [])[0] ??
    causes.flatMap((cause) => deeperOrigin(cause, together, detectors) ?? [])[0] ??
    causes.flatMap((cause) => onlyNews(cause, together, detectors) ?? [])[0] ??
    commonest(causes, together, detectors);
  const deeper =
    lead &&
    (killedBehind(lead, together, detectors) ??
      alarmBehind(lead, together, detectors) ??
      fullBehind(lead, together, detectors) ??
      lockBehind(lead, causes, detectors));
  const isTold = lead !== undefined && !isKnownLock(lead, together, detectors);
  const joined = isTold ? ledBy(deeper ?? atOwnService(lead, together), together, detectors) : together;
  // Where nothing is wrong with the window, what its requests have always shown is no news.
  if (joined.diagnosis === undefined) return { judgement: joined, cause: undefined };
  const known = new Set(joined.findings.map(kindKey));
  const others = causes.filter(({ finding }) => !known.has(kindKey(finding))).map(besideVerdict);
  const all = { ...joined, findings: [...joined.findings, ...others] };
  // How a request fails is no reason why only those of one region do.
  const isNamed = isTold && !isFailure(lead.finding.detector, detectors);
  const told = toldByMany(all, isNamed, detectors);
  return { judgement: told, cause: told === all ? lead : undefined };
}

const NOBODY: ReadonlySet<string> = new Set();

/** All requests together show that a caller gives up sooner than before. One request shows only that its callee is late. */
function isEndedEarly({ findings: [first] }: Judgement): boolean {
  return first?.facts.endedAfterUs !== undefined;
}

function isFirst({ findings: [first] }: Judgement, sign: JudgedSign, detectors: Detectors): boolean {
  return first?.detector === detectors.named(sign).id;
}

/**
 * The first service only gets much more to do, and a caller says why it asks more often: it loads one by one what it
 * loaded at once, or it repeats failed calls until the callee has no processor left.
 */
function isLoadOf(
  cause: RequestCause,
  together: Judgement,
  asking: ReadonlySet<string>,
  detectors: Detectors,
): boolean {
  const { finding, shownBy, before } = cause;
  const isFull = isFirst(together, 'full-resource', detectors);
  if (saysRepeats(finding)) {
    const reaches = shownBy.services.includes(together.diagnosis?.service ?? '');
    return isFull && reaches && before[0] === 0 && (explainsMost(cause) || asking.size > 0);
  }
  const isCounted = isFull || isFirst(together, 'slow-answers', detectors);
  return isCounted && asking.has(finding.service) && explainsMost(cause) && !isFailure(finding.detector, detectors);
}

/**
 * Requests fail in the first service, and nothing says why: most of them ask somebody else several times in vain, and none
 * did before.
 */
function isAskedAgain(cause: RequestCause, together: Judgement, detectors: Detectors): boolean {
  const { finding, before } = cause;
  const [first] = together.findings;
  const isOpen = isFirst(together, 'failing-requests', detectors) && first?.facts.message === undefined;
  if (!isOpen || !saysRepeats(finding) || before[0] > 0) return false;
  return finding.service === together.diagnosis?.service && explainsMost(cause);
}

/**
 * The first service is full or takes longer, and a caller repeats calls of it since a change that lets it repeat more: what
 * fails in it is the load of the repeats.
 */
function isRaisedRepeat(
  { finding, shownBy, before }: RequestCause,
  together: Judgement,
  repeating: ReadonlySet<string>,
  detectors: Detectors,
): boolean {
  if (!saysRepeats(finding) || !repeating.has(finding.service) || before[0] > 0) return false;
  const isLoaded = isFirst(together, 'full-resource', detectors) || isFirst(together, 'slow-answers', detectors);
  const isOfFailures = isFirst(together, 'failing-requests', detectors) || isFirst(together, 'new-lines', detectors);
  return (isLoaded || isOfFailures) && calls(shownBy, finding.service, together.diagnosis?.service ?? '');
}

/**
 * The first service only takes longer, or waits for a call: its callers gave up, and that is why requests fail. A host of
 * somebody else is named in the sentence; the service that asks it stays the verdict's.
 */
function givenUpOn(
  cause: RequestCause,
  causes: readonly RequestCause[],
  together: Judgement,
  detectors: Detectors,
): RequestCause | undefined {
  const { finding, shownBy } = cause;
  const service = together.diagnosis?.service ?? '';
  if (!saysGivenUp(finding) || !isFirst(together, 'slow-answers', detectors)) return undefined;
  if (!explainsMost(withRefused(cause, causes))) return undefined;
  if (finding.service === service) return cause;
  if (!calls(shownBy, service, finding.service)) return undefined;
  return finding.service.includes('.') ? { ...cause, finding: { ...finding, service } } : cause;
}

/** The calls of a host of somebody else are given up: the verdict's service is the one that all requests together show. */
function atOwnService(cause: RequestCause, { diagnosis }: Judgement): RequestCause {
  const { finding, shownBy } = cause;
  const isAbroad = finding.service.includes('.') && !shownBy.services.includes(finding.service);
  if (diagnosis === undefined || !saysGivenUp(finding) || !isAbroad) return cause;
  if (!calls(shownBy, diagnosis.service, finding.service)) return cause;
  return { ...cause, finding: { ...finding, service: diagnosis.service } };
}

/**
 * With the requests that a circuit breaker refused: it opened because calls of this service were given up, so these fail
 * for the same reason.
 */
function withRefused(cause: RequestCause, causes: readonly RequestCause[]): RequestCause {
  const refused = causes.filter(
    ({ finding, isNew }) =>
      isNew &&
      refusesAhead(finding) &&
      (finding.facts.target === cause.finding.service || calls(cause.shownBy, finding.service, cause.finding.service)),
  );
  const [now, of] = cause.affected;
  return {
    ...cause,
    affected: [refused.reduce((sum, { affected }) => sum + affected[0], now), of],
    share: refused.reduce((sum, { share }) => sum + share, cause.share),
  };
}

/** Requests stop after a call of a service whose answers changed. */
function isCutAfter(cause: RequestCause, together: Judgement, detectors: Detectors): boolean {
  const { finding, shownBy } = cause;
  if (!isFirst(together, 'cut-calls', detectors) || together.diagnosis?.status !== 'inconclusive') return false;
  return explainsMost(cause) && calls(shownBy, together.diagnosis.service, finding.service);
}

function calls(trace: Trace, caller: string, called: string): boolean {
  return serviceGraph(trace).some((one) => one.caller === caller && one.callee === called);
}

/**
 * Nothing else is wrong, and some requests do what none did before: they load one by one, and nobody waits long for that
 * yet.
 */
function onlyNews(cause: RequestCause, { diagnosis }: Judgement, detectors: Detectors): RequestCause | undefined {
  const { finding, status, before, isSaid } = cause;
  const isOneMessage = saysOneMessage(finding);
  if (diagnosis !== undefined || !(isOneMessage ? isInSome(cause) : isInMany(cause))) return undefined;
  if (isFailure(finding.detector, detectors) && !isOneMessage) return undefined;
  const isRule = before[0] === 0 && before[1] >= FEWEST_HEALTHY && status !== 'inconclusive';
  // All other messages pass, so few requests fail: the broker's count and the error say what the share cannot.
  return isRule ? { ...cause, staysOpen: !(isOneMessage && isSaid) } : undefined;
}

/** Fewer requests show no rule. */
const FEWEST_HEALTHY = 20;

/** Directly, or through others. */
function reaches(trace: Trace, caller: string, called: string): boolean {
  const reached = new Set([caller]);
  for (const from of reached) for (const one of serviceGraph(trace)) if (one.caller === from) reached.add(one.callee);
  return caller !== called && reached.has(called);
}

/**
 * The first service waits for one statement, and what most of its requests show is that the statement waits for a lock:
 * the others wait behind those.
 */
function lockOfStatement(
  [cause]: readonly RequestCause[],
  { diagnosis }: Judgement,
  detectors: Detectors,
): RequestCause | undefined {
  if (cause === undefined || diagnosis?.kind !== detectors.named('slow-statement').id) return undefined;
  const isLock = cause.finding.detector === detectors.named('lock-wait').id;
  return isLock && isInMany(cause) && cause.finding.service === diagnosis.service ? cause : undefined;
}

/** All requests together show that this statement waits for a lock: that it is slow says less. */
function isKnownLock({ finding }: RequestCause, { diagnosis }: Judgement, detectors: Detectors): boolean {
  const isSlow = finding.detector === detectors.named('slow-statement').id && finding.service === diagnosis?.service;
  return isSlow && diagnosis.kind === detectors.named('lock-wait').id;
}

/**
 * All requests together show where calls fail, or where they only take longer, and single ones that their connection broke
 * as the callee was killed.
 */
function killedCalled(cause: RequestCause, together: Judgement, detectors: Detectors): RequestCause | undefined {
  // New lines of a caller that say that its connection was refused follow from the kill as well.
  const areLines = isFirst(together, 'new-lines', detectors);
  const mayBe = areLines ? isInSome(cause) : saysOnlyThat(together.findings[0], detectors) && isInMany(cause);
  if (!mayBe) return undefined;
  const killed = killedBehind(cause, together, detectors);
  if (areLines && (killed?.isSaid !== true || cause.before[0] > 0)) return undefined;
  const service = together.diagnosis?.service ?? '';
  if (killed === undefined || killed.finding.service === service) return killed;
  return cause.finding.service === service || calls(cause.shownBy, service, killed.finding.service)
    ? killed
    : undefined;
}

/** Requests stop earlier than before, and what most of them show is why: an answer is smaller, a call is left out. */
function otherAnswer(
  cause: RequestCause,
  { diagnosis, findings: [first] }: Judgement,
  detectors: Detectors,
): RequestCause | undefined {
  const isOf = (sign: JudgedSign) => first?.detector === detectors.named(sign).id;
  const isShort = isOf('cut-calls') || isOf('new-lines') || isOf('lost-call');
  if (diagnosis?.status !== 'inconclusive' || !isShort) return undefined;
  const { finding, isNew, affected, status } = cause;
  // A service that stops early leaves calls out: that is an effect, unless nothing says which service stops.
  const isLost = diagnosis.confidence < PLACED && isLostCall(finding, detectors);
  const isAnswer = detectors.of(finding.detector).coverage === 'answer' || isLost;
  if (!isAnswer || !isNew || affected[0] <= MOST_OF_IT * affected[1]) return undefined;
  return { ...cause, staysOpen: status === 'inconclusive' };
}

/** Below one in ten, all requests together do not say which service it is. */
const PLACED = 0.1;

/** An empty answer is why the calls with what it held are left out. */
function answersFirst(causes: readonly RequestCause[], detectors: Detectors): readonly RequestCause[] {
  const isAnswer = ({ finding }: RequestCause) => detectors.of(finding.detector).coverage === 'answer';
  return causes.toSorted((a, b) => Number(isAnswer(b)) - Number(isAnswer(a)));
}

function isLostCall({ detector }: Finding, detectors: Detectors): boolean {
  return detector === detectors.named('lost-call').id;
}

/**
 * All requests together show who answers with an error, and most of them that a service behind it got this error from
 * another one: 429 of a provider passes through each service above.
 */
function deeperOrigin(cause: RequestCause, together: Judgement, detectors: Detectors): RequestCause | undefined {
  const { finding, shownBy, isSaid, isNew, affected } = cause;
  const { diagnosis } = together;
  if (diagnosis === undefined || !isFirst(together, 'failing-requests', detectors)) return undefined;
  const isOrigin = finding.detector === detectors.named('failure-origin').id && finding.inferred !== true;
  if (!isOrigin || !isSaid || !isNew || affected[0] <= MOST_OF_IT * affected[1]) return undefined;
  if (!reaches(shownBy, diagnosis.service, finding.service)) return undefined;
  return { ...cause, staysOpen: diagnosis.status === 'inconclusive' };
}

/** The process whose end broke the calls that fail: it is the cause, not its caller. */
function killedBehind(lead: RequestCause, { findings }: Judgement, detectors: Detectors): RequestCause | undefined {
  for (const cause of findings) {
    const callee = killedCallee({ trace: lead.shownBy, cause, effect: lead.finding, detectors });
    if (callee === undefined) continue;
    const { confidence, share } = lead.finding;
    return {
      ...lead,
      finding: { ...cause, service: callee.service, confidence, share },
      isSaid: callee.shownBy === 'words',
    };
  }
  return undefined;
}

/**
 * A slow query of which some requests say in words that it waits for a lock. The server writes such a line only for a wait
 * that lasts long enough, so other requests with the same slow query say nothing.
 */
function lockBehind(
  { finding }: RequestCause,
  causes: readonly RequestCause[],
  detectors: Detectors,
): RequestCause | undefined {
  if (finding.detector !== detectors.named('slow-statement').id) return undefined;
  return causes.find((cause) => {
    const isLock = cause.finding.detector === detectors.named('lock-wait').id;
    return isLock && cause.isSaid && isInMany(cause) && cause.finding.service === finding.service;
  });
}

/** As a share of the affected requests: fewer may be chance, or another problem. */
const LEAST_AFFECTED = 0.15;
const FEWEST_AFFECTED = 3;

function isInMany(cause: RequestCause): boolean {
  return cause.isNew && isInSome(cause);
}

/** Enough of the affected requests show it, whether or not healthy ones do. */
function isInSome({ affected: [now, of], finding }: RequestCause): boolean {
  return now >= Math.max(FEWEST_AFFECTED, LEAST_AFFECTED * of) && finding.inferred !== true;
}

/**
 * All requests together name the same mechanism in the same service as single ones, in words: it is the verdict, also
 * where more requests show only its effect, such as a statement that waits for the lock.
 */
function isNamedByBoth(cause: RequestCause, { diagnosis }: Judgement): boolean {
  const { finding, isSaid } = cause;
  if (diagnosis === undefined || !isSaid || !isInMany(cause)) return false;
  return diagnosis.kind === finding.detector && diagnosis.service === finding.service;
}

/**
 * All requests together show only that a service got slower. What a part of them says in words about this service is why:
 * collections of garbage stop some requests in the middle and others not at all.
 */
function saysWhySlow(cause: RequestCause, { findings: [first] }: Judgement, detectors: Detectors): boolean {
  const { finding, isSaid } = cause;
  if (!isSaid || !isInMany(cause) || isFailure(finding.detector, detectors)) return false;
  return first?.detector === detectors.named('slow-answers').id && first.service === finding.service;
}

/**
 * All requests together show that a caller fails, and single ones that its callee did not answer in time. The callee may be
 * as fast as ever, so the caller stays the verdict's service.
 */
function failureOfCaller(cause: RequestCause, together: Judgement, detectors: Detectors): RequestCause | undefined {
  const { finding, shownBy, isSaid } = cause;
  const { diagnosis, findings } = together;
  const [first] = findings;
  if (diagnosis === undefined || first?.detector !== detectors.named('failing-requests').id) return undefined;
  const isClear = isSaid || saysGivenUp(finding);
  if (!isClear || !explainsMost(cause) || diagnosis.service === finding.service) return undefined;
  const isOfCaller = finding.spans.some((span) => shownBy.service(span) === diagnosis.service);
  return isOfCaller ? { ...cause, finding: { ...finding, service: diagnosis.service } } : undefined;
}

/** A cause explains more than half of what people suffer. */
const MOST_OF_IT = 0.5;

function explainsMost({ share, isNew, affected, status, finding }: RequestCause): boolean {
  const isInMost = affected[0] > MOST_OF_IT * affected[1] && share >= MOST_OF_IT;
  return isNew && isInMost && status !== 'inconclusive' && finding.inferred !== true;
}

/**
 * The calls that fail ask a message broker, and the broker itself says that it has no room: it lets no publisher in until
 * its alarm clears.
 */
function alarmBehind(lead: RequestCause, { findings }: Judgement, detectors: Detectors): RequestCause | undefined {
  const { finding, shownBy } = lead;
  if (!isFailure(finding.detector, detectors)) return undefined;
  const brokers = new Set(
    finding.spans.slice(0, MOST_READ).flatMap((span) => {
      const system = shownBy.text(span, 'messaging.system');
      return system === '' ? [] : [system, shownBy.text(span, 'server.address')];
    }),
  );
  const alarm = findings.find(
    ({ detector, service }) =>
      detector === detectors.named('reached-limit').id && [...brokers].some((name) => isSameService(name, service)),
  );
  if (alarm === undefined) return undefined;
  const { confidence, share } = finding;
  return { ...lead, finding: { ...alarm, confidence, share }, isSaid: true };
}

/** Spans of one failure name the same broker. */
const MOST_READ = 5;

/** No span shows why the time goes there, and the metrics show that the processor was full. */
function fullBehind(lead: RequestCause, { findings }: Judgement, detectors: Detectors): RequestCause | undefined {
  const { finding, shownBy, status } = lead;
  if (status !== 'inconclusive') return undefined;
  const full = findings.find((cause) => fullResource({ trace: shownBy, cause, effect: finding, detectors }));
  if (full === undefined) return undefined;
  const { service, spans, share, wonUs } = finding;
  const confidence = eitherOf(Math.min(finding.confidence, MOST_INFERRED), PRECISION.mechanism);
  return {
    ...lead,
    finding: { ...full, service, spans, share, wonUs, confidence },
    status: confidence >= LIKELY ? 'likely' : 'inconclusive',
    statusReason: 'requests lose their time in this service, and its metrics show why: two independent signs',
    isSaid: false,
  };
}

/** That a call failed is what all requests together show, with counts; an exception or a message says why. */
function saysWhy({ finding, isSaid }: RequestCause, detectors: Detectors): boolean {
  return isSaid || finding.detector !== detectors.named('failure-origin').id;
}

/**
 * Many requests show which service is at fault more reliably than one. So what a request names is the verdict only in
 * that service, or where together they show no more than that something got worse.
 */
function mayLead({ finding, isSaid }: RequestCause, { diagnosis, findings }: Judgement, detectors: Detectors): boolean {
  if (diagnosis === undefined || diagnosis.confidence < HARDLY) return true;
  const [first] = findings;
  const { detector, service, facts, evidence = [] } = first ?? finding;
  const { coverage } = detectors.of(detector);
  if (coverage === 'pod' || coverage === 'change') return false;
  // The processor of a database does what it is asked: the statements are the cause.
  if (facts.isOfStore === true) return !isFailure(finding.detector, detectors);
  if (service !== finding.service)
    return diagnosis.status === 'inconclusive' && (isSaid || isDescribed(first ?? finding, detectors));
  // A full CPU makes each of its calls slow; a request can name more only in words.
  const isMeasured = detector === detectors.named('full-resource').id && evidence.some(({ kind }) => kind === 'metric');
  if (isMeasured && waitsForThread(finding)) return false;
  return isSaid || !(isMeasured || isFailure(finding.detector, detectors));
}

function ledBy(cause: RequestCause, together: Judgement, detectors: Detectors): Judgement {
  const { diagnosis } = together;
  const isSame = diagnosis?.service === cause.finding.service;
  const ofOne = cause.finding.confidence;
  const most = cause.staysOpen === true ? LIKELY - 0.01 : 1;
  const confidence = Math.min(most, Math.max(ofOne, isSame ? (diagnosis?.confidence ?? 0) : 0));
  const lead: JudgedFinding = { ...leadOf(cause), confidence };
  const rest = together.findings
    .filter((finding) => kindKey(finding) !== kindKey(lead))
    .map((finding) => ({ ...finding, confidence: Math.min(finding.confidence, 1 - confidence) }));
  const findings = [lead, ...withoutSurplus(rest, 1 - confidence, lead)];
  const isOfStore = together.findings[0]?.facts.isOfStore === true;
  const isMeant = (finding: Finding) => isOfChange(finding, detectors) && mayLeadTo(finding, cause.finding.service);
  const change = isSame || isOfStore ? findings.find(isMeant) : undefined;
  const told = { verdict: lead.title, remedy: lead.remedy };
  const status = confidence >= LIKELY ? statusOf(cause) : 'inconclusive';
  return {
    ...together,
    findings,
    diagnosis: {
      ...(diagnosis ?? EMPTY),
      ...(change === undefined
        ? { ...told, change: undefined }
        : { ...toldWithChange(told, change, 'it began'), change: blamedChange([change], detectors) }),
      status,
      statusReason: reasonOf(cause, status),
      confidence,
      share: cause.share,
      couldBe: lead.couldBe,
      isPlaceSure: undefined,
      kind: kindNamed(lead),
      service: lead.service,
      operation: lead.operation,
      ranking: rankedFirst(lead, confidence, diagnosis?.ranking ?? []),
      chain: chainOf(findings, together, lead, detectors),
      ruledOut: (diagnosis?.ruledOut ?? []).filter(({ service }) => service !== lead.service),
      check: lead.check,
      runbook: lead.runbook,
      signals: { ...(diagnosis?.signals ?? EMPTY.signals), said: cause.isSaid ? 1 : 0 },
    },
  };
}

const EMPTY: Pick<Diagnosis, 'signals' | 'ranking' | 'chain' | 'ruledOut'> = {
  signals: { lead: 0, said: 0, seen: 0, answered: 0, intact: 0, shown: 1 },
  ranking: [],
  chain: [],
  ruledOut: [],
};

/** Without spans: a window has none. They are in the trace that shows it. */
function leadOf({ finding, shownBy, share, now, before }: RequestCause): JudgedFinding {
  const [span] = finding.spans;
  const item = {
    kind: 'span',
    ref: span === undefined ? '' : shownBy.spanId(span),
    text: `trace ${shownBy.traceId} shows it`,
  } as const;
  const { whyNotFirst: _, ...told } = finding;
  const reach = { requests: now[0], of: now[1], healthy: before[0], ofHealthy: before[1] };
  return { ...told, spans: [], share, reach, severity: 'high', evidence: [...(finding.evidence ?? []), item] };
}

/**
 * Confirmed needs words, a request that is sure by itself, and most of the affected requests. That healthy requests lack
 * it makes it likely.
 */
function statusOf(cause: RequestCause): Status {
  const { isSaid, status, before } = cause;
  if (cause.staysOpen === true) return 'inconclusive';
  if (isSaid && status === 'confirmed' && explainsMost(cause)) return status;
  return before[1] === 0 && status !== 'confirmed' ? status : 'likely';
}

function reasonOf({ affected, before, statusReason }: RequestCause, status: Status): string {
  const [now, of] = affected;
  const health = before[1] === 0 ? '' : ` and ${before[0]} of ${before[1]} in the baseline`;
  const why = before[1] === 0 && status === 'inconclusive' && statusReason !== '' ? `${statusReason}; ` : '';
  const how = status === 'confirmed' ? 'the evidence says so explicitly: ' : why;
  return `${how}${now} of ${of} affected requests show it${health}`;
}

/** What follows from the verdict shares its confidence; the rest keeps what is left. */
function withoutSurplus(
  findings: readonly JudgedFinding[],
  left: number,
  lead: JudgedFinding,
): readonly JudgedFinding[] {
  const own = findings.map((finding) => (finding.service === lead.service ? 0 : finding.confidence));
  const sum = own.reduce((total, one) => total + one, 0);
  const scale = sum > left ? left / sum : 1;
  return findings.map((finding, at) => ({ ...finding, confidence: (own[at] ?? 0) * scale }));
}

function rankedFirst(lead: Finding, score: number, ranking: Diagnosis['ranking']): Diagnosis['ranking'] {
  const { service, operation } = lead;
  const others = ranking.filter((one) => one.service !== service);
  return [
    { service, operation, kind: kindNamed(lead), score },
    ...others.map((one) => ({ ...one, score: Math.min(score, one.score) })),
  ];
}

/** What many requests show of its service follows from the verdict; a change before it led to it. */
function chainOf(
  findings: readonly JudgedFinding[],
  together: Judgement,
  lead: JudgedFinding,
  detectors: Detectors,
): Diagnosis['chain'] {
  const place = new Map(findings.map((finding, at) => [kindKey(finding), at]));
  const placeOf = (at: number) => {
    const finding = together.findings[at];
    return finding === undefined ? undefined : place.get(kindKey(finding));
  };
  const before = (together.diagnosis?.chain ?? []).flatMap(({ finding, because }) => {
    const [from, to] = [placeOf(finding), placeOf(because)];
    return from === undefined || to === undefined || from === 0 || from === to ? [] : [{ finding: from, because: to }];
  });
  const ofService = findings.flatMap((finding, at) => {
    if (at === 0 || finding.service !== lead.service) return [];
    if (isBehind(finding, detectors)) return [{ finding: 0, because: at }];
    return isOfChange(finding, detectors) ? [] : [{ finding: at, because: 0 }];
  });
  const all = [...before, ...ofService];
  return all.filter(
    (link, at) => all.findIndex((other) => other.finding === link.finding && other.because === link.because) === at,
  );
}

/** Found in single requests, and not the verdict: the reason stands beside it. */
function besideVerdict(cause: RequestCause): JudgedFinding {
  return { ...leadOf(cause), share: 0, confidence: 0, severity: 'low', whyNotFirst: whyNot(cause) };
}

function whyNot({ isNew, before, affected: [now, of] }: RequestCause): string {
  if (!isNew) return `${before[0]} of ${before[1]} healthy requests show it, too`;
  return `${now} of ${of} affected requests show it`;
}

/**
 * What only many requests together show leads in its service: why each of them shows what it does, or whom it affects
 * where nothing says why.
 */
function toldByMany(judgement: Judgement, isNamed: boolean, detectors: Detectors): Judgement {
  const { diagnosis, findings } = judgement;
  if (diagnosis === undefined) return judgement;
  const isOfStore = findings[0]?.facts.isOfStore === true;
  const at = findings.findIndex(
    (one) =>
      (one.service === diagnosis.service || (isOfStore && saysWhyOfMany(one))) &&
      one.detector !== diagnosis.kind &&
      saysMoreOf(judgement, one, { isNamed, kind: diagnosis.kind, detectors }),
  );
  const [first] = findings;
  const told = findings[at];
  if (first === undefined || told === undefined) return judgement;
  // A change that was named before stays named.
  const isKept = diagnosis.verdict.startsWith(first.title) && (saysWhyAllWait(told) || saysWhyOfMany(told));
  if (diagnosis.change !== undefined && !isKept) return judgement;
  if (isFailure(told.detector, detectors) && symptomOf(told) !== judgement.symptom.kind) return judgement;
  const share = Math.max(told.share, first.share);
  const lead: JudgedFinding = { ...told, confidence: diagnosis.confidence, share, severity: first.severity };
  const sentence = sentenceOf(told, findings.slice(0, at), detectors);
  const chain = chainFrom(judgement, diagnosis.chain, { at, isKept, detectors });
  const isLinked = chain.some(({ finding, because }) => finding === 1 && because === 0);
  const rest = findings.filter((one) => one !== told).map((one) => (one === first ? { ...one, confidence: 0 } : one));
  return {
    ...judgement,
    findings: [lead, ...rest],
    diagnosis: {
      ...diagnosis,
      verdict: isKept ? diagnosis.verdict.replace(first.title, () => sentence) : sentence,
      status: diagnosis.status === 'confirmed' ? 'likely' : diagnosis.status,
      kind: kindNamed(lead),
      service: lead.service,
      operation: lead.operation,
      ranking: rankedFirst(lead, diagnosis.ranking[0]?.score ?? diagnosis.confidence, diagnosis.ranking),
      chain: isLinked ? chain : [{ finding: 1, because: 0 }, ...chain],
      check: lead.check,
      remedy: isKept ? diagnosis.remedy.replace(first.remedy, () => lead.remedy) : lead.remedy,
      runbook: diagnosis.change?.knownBy === 'evidence' ? diagnosis.runbook : lead.runbook,
    },
  };
}

/** The chain with another finding first, which the change before the former first one led to. */
function chainFrom(
  { findings }: Judgement,
  before: Diagnosis['chain'],
  { at, isKept, detectors }: Readonly<{ at: number; isKept: boolean; detectors: Detectors }>,
): Diagnosis['chain'] {
  const order = [at, ...findings.keys().filter((one) => one !== at)];
  const place = new Map(order.map((from, to) => [from, to]));
  return before.flatMap(({ finding, because }) => {
    const [from, to] = [place.get(finding) ?? 0, place.get(because) ?? 0];
    if (from === 0) return [];
    const cause = findings[because];
    const isChange = isKept && from === 1 && cause !== undefined && isOfChange(cause, detectors);
    return [{ finding: isChange ? 0 : from, because: to }];
  });
}

type OfVerdict = Readonly<{ isNamed: boolean; kind: string; detectors: Detectors }>;

function saysMoreOf({ findings }: Judgement, one: Finding, { isNamed, kind, detectors }: OfVerdict): boolean {
  if (isLimitSaid(one, findings, detectors) || isQueueOfLines(findings, one, detectors)) return true;
  // Where lines or connections say already what is waited for, the kind has its name.
  if (saysWhyAllWait(one) && !ONLY_SLOW.has(kind)) return false;
  // Reads that wait for a lock in words miss the cache for longer: more of them overlap, and no key was lost.
  if (saysWhyOfMany(one)) return kind !== detectors.named('lock-wait').id && !failsOtherwise(findings);
  return !isNamed && saysMoreThan(findings[0], one, detectors);
}

/** What requests say that wait too long for a store which many ask at once. */
const OF_WAITING: readonly FailureKind[] = ['timeout', 'capacity', 'slow'];
/** What no number of requests leads to. */
const OF_OTHERS: readonly FailureKind[] = ['refused', 'unresolved', 'access', 'read-only', 'missing', 'format', 'null'];

/** The failures say that something else is wrong: a store that cannot be reached makes each lookup a miss. */
function failsOtherwise([first]: readonly Finding[]): boolean {
  const message = first?.facts.message;
  const says = (kinds: readonly FailureKind[]) =>
    typeof message === 'string' && kinds.some((kind) => FAILURE_KINDS[kind].test(message));
  return says(OF_OTHERS) && !says(OF_WAITING);
}

/** Kinds of verdicts that say only how the time is spent; see `slow-kinds.ts`. */
const ONLY_SLOW: ReadonlySet<string> = new Set(['latency', 'cpu', 'network-delay']);

/** Whom it affects where requests are only counted, what they wait for where they only take longer, what lines mean. */
function saysMoreThan(first: Finding | undefined, finding: Finding, detectors: Detectors): boolean {
  const isOf = (sign: 'slow-answers' | 'new-lines') => first?.detector === detectors.named(sign).id;
  if (saysOnlyThat(first, detectors) && saysWhoOfMany(finding)) return true;
  if (isOf('slow-answers')) return saysWhyAllWait(finding);
  return isOf('new-lines') && (saysWhatLinesMean(finding, detectors) || saysQueueGrows(finding));
}

/** Prometheus asks each minute by default, and a rate needs two values: what is this close began together. */
const TOGETHER_US = 120e6;

/** The messages of a service pile up, at the latest as it complains, and its lines name nothing that fails. */
function isQueueOfLines([first]: readonly Finding[], finding: Finding, detectors: Detectors): boolean {
  if (first?.detector !== detectors.named('new-lines').id) return false;
  const [line] = first.evidence ?? [];
  if (line === undefined || !saysMessagesWait(finding) || finding.facts.critical === false) return false;
  if (OF_OTHERS.some((kind) => FAILURE_KINDS[kind].test(line.text))) return false;
  return Number(finding.facts.sinceUs) <= Number(line.ref) / 1000 + TOGETHER_US;
}

/**
 * Requests fail or wait for a query, and their service complains anew of the limit that this finding names: the limit is
 * why.
 */
function isLimitSaid(finding: Finding, findings: readonly Finding[], detectors: Detectors): boolean {
  const isOf = (one: Finding | undefined, sign: JudgedSign) => one?.detector === detectors.named(sign).id;
  const [first] = findings;
  if (first !== undefined && isOf(first, 'new-lines'))
    return isOf(finding, 'reached-limit') && isSaidBy(first, finding);
  const mayLead = isOf(first, 'failing-requests') || isOf(first, 'slow-statement');
  if (!mayLead || !isOf(finding, 'reached-limit') || first?.service !== finding.service) return false;
  // The failures are new, and say themselves that a queue takes no more.
  if (first.facts.reached === 'queue' && finding.facts.resource === 'queue') return true;
  const fresh = findings.filter((one) => isOf(one, 'new-lines') && one.service === finding.service);
  return fresh.some(({ evidence = [] }) =>
    evidence.some(({ text }) => reachedLimit(text)?.resource === finding.facts.resource),
  );
}

/** The first of the new lines reports that a quota is used up or that a queue is full. */
function isSaidBy({ service, evidence: [line] = [] }: Finding, limit: Finding): boolean {
  const { resource } = limit.facts;
  if (service !== limit.service || (resource !== 'quota' && resource !== 'queue')) return false;
  return line !== undefined && reachedLimit(line.text)?.resource === resource;
}

/** Why, and what that does: how many requests fail, or what the failures say. */
function sentenceOf(told: Finding, before: readonly Finding[], detectors: Detectors): string {
  const [first] = before;
  const isOfFailures = first?.detector === detectors.named('failing-requests').id && saysWhyAllWait(told);
  return isOfFailures ? `${told.title}; ${first.title}` : `${told.title}${reasonIn(before)}`;
}

const LONGEST_REASON = 120;

/** What the failures say, in the words of the strongest finding that quotes them. */
function reasonIn(before: readonly Finding[]): string {
  const said = before.map(({ facts }) => (typeof facts.message === 'string' ? facts.message.trim() : ''));
  const message = said.find((text) => text !== '');
  return message === undefined ? '' : `; the failures say “${cutLine(message, LONGEST_REASON)}”`;
}

/** New lines are counted; this says what they report. */
function saysWhatLinesMean({ detector }: Finding, detectors: Detectors): boolean {
  const { role, coverage } = detectors.of(detector);
  return role === 'mechanism' && coverage === 'lines';
}

/** The affected requests of a partial outage fail, or are slow. */
function symptomOf({ facts }: Finding): Judgement['symptom']['kind'] {
  return facts.isSlow === true ? 'slow' : 'failed';
}
