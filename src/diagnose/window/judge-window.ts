/**
 * The cause of a problem in a window: its differences from the baseline (`window-signs.ts`), the findings of window
 * detectors (`seen-findings.ts`), how they relate (`culprit.ts`), and how certain that is (`window-confidence.ts`).
 */

import { toldWithChange } from '#diagnose/change-behind.ts';
import type { Doubt } from '#diagnose/doubts.ts';
import { saysMoreIsAsked, saysQueueGrows, saysWhyAllWait } from '#diagnose/rules/seen-by-many.ts';
import { HARDLY, LIKELY } from '#diagnose/status.ts';
import { isAlwaysFull } from '#diagnose/window/always-full.ts';
import { type BehindUse, behindUse } from '#diagnose/window/behind-use.ts';
import {
  blamedChange,
  isBehind,
  isOfChange,
  isOnlyNear,
  isTied,
  mayLeadTo,
  ONLY_TIME,
} from '#diagnose/window/blamed-change.ts';
import { type CallGraph, callGraphOf } from '#diagnose/window/call-graph.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { type Suspect, suspectsOf } from '#diagnose/window/culprit.ts';
import type { Cut } from '#diagnose/window/cut-calls.ts';
import { windowFindings } from '#diagnose/window/findings.ts';
import { BUSY, idleProcessors, MUCH_USED } from '#diagnose/window/idle-processors.ts';
import { LATE_SHARE, lateAgainst } from '#diagnose/window/late-requests.ts';
import { isNewComplaint, isNews, NEWS_NATS } from '#diagnose/window/log-switches.ts';
import { availableIn } from '#diagnose/window/missing-signals.ts';
import { namedCallees } from '#diagnose/window/named-callees.ts';
import { affectsNobody, isBlip, isTimeAlone, takesLonger } from '#diagnose/window/nobody-affected.ts';
import { ruledOut } from '#diagnose/window/ruled-out.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import { findingsOf, isOfCallee, seenSuspects } from '#diagnose/window/seen-findings.ts';
import type { SickNode } from '#diagnose/window/sick-nodes.ts';
import { areConflictsTold } from '#diagnose/window/told-conflicts.ts';
import { areUsersAffected, isLessDemand, isOfUse, isUseAlone } from '#diagnose/window/use-alone.ts';
import {
  AT_MOST,
  type Available,
  mostConfidence,
  windowConfidence,
  windowSignals,
} from '#diagnose/window/window-confidence.ts';
import { type DoubtEvidence, windowDoubt } from '#diagnose/window/window-doubts.ts';
import { type BothTimes, meanUs, type WindowSigns, windowSigns } from '#diagnose/window/window-signs.ts';
import type { Detectors, JudgedSign } from '#model/finding/detector-traits.ts';
import type { Diagnosis, Judgement, Symptom } from '#model/finding/diagnosis.ts';
import type { Finding, JudgedFinding } from '#model/finding/finding.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { logMessage } from '#model/logs/log-message.ts';
import { logTemplates } from '#model/logs/log-templates.ts';
import { saidCalls } from '#model/logs/said-callees.ts';
import { type Measured, measured } from '#model/metrics/measured.ts';
import { addressedCalls, resolverCalls, webhookCalls } from '#model/platform/addressed-calls.ts';
import { failsMore, rootFailures } from '#model/requests/affected-requests.ts';
import { durationText } from '#model/text/duration.ts';
import type { Trace } from '#model/trace/trace.ts';

export type WindowEvidence = BothTimes &
  Readonly<{
    /** Findings of window detectors. */
    seen: readonly Finding[];
    detectors: Detectors;
  }>;

/** Where the compared requests do not differ, log lines need this confidence: every day may have such lines. */
const SURE_LINES = 0.9;

/** `ofLogs` is the judgement of the lines alone, used where the requests do not say more. */
export function judgeWindow(evidence: WindowEvidence, ofLogs: Judgement): Judgement {
  const { traces, detectors } = evidence;
  const calls = callsOf(evidence);
  const signs = windowSigns(evidence);
  const full = fullNow(signs).union(slowedThemselves(signs));
  const found = seenSuspects({ ...evidence, full, areRequests: traces.length > 0 }, calls);
  const named = namedCallees(signs, found, traces, fullNow(signs));
  const passed = passedOn(signs, evidence.seen, calls).union(fullElsewhere(signs, evidence.seen));
  const warned = new Set([...fullNow(signs)].filter((service) => isOnlyWarned({ service }, signs)));
  const idle = idleProcessors(signs, evidence.seen, calls);
  const suspects = suspectsOf(withoutMild(signs, evidence), found, detectors, { passed, named, warned, idle });
  const available = availableIn(evidence);
  const [first] = suspects;
  const signals = windowSignals(suspects, available, detectors);
  const mostOf = (one: Suspect) => Math.min(mostConfidence(one, available), mostUnfelt(one, signs, evidence));
  // That it is this service, whatever the reason.
  const ofPlace = first === undefined ? 0 : Math.min(mostOf(first), windowConfidence(first.score, signals, available));
  const doubt = doubtOf(first, ofPlace, { signs, seen: evidence.seen, detectors, timed: timedIn(evidence) });
  const confidence = doubt === undefined ? ofPlace : AT_MOST;
  const own = windowFindings(signs, detectors);
  const seen = evidence.seen.filter((finding) => !own.some((other) => isSame(finding, other)));
  const behind = behindUse(first, { ...evidence, window: evidence, complaint: complaintOf(first, signs) });
  const judged = withCandidates(judgedFindings([...own, ...seen], suspects, confidence), doubt);
  const hypotheses = withReason(judged, behind).map(asHypothesis);
  const findings = asAnswers(hypotheses, first, { signs, detectors });
  const symptom = symptomOf(evidence, ofLogs.symptom);
  const root = findings[0];
  const isMeant = (finding: Finding) =>
    mayLeadTo(finding, first?.service ?? '') && !isOfCallee(finding, evidence, calls);
  // In the order of the verdict: two releases may do worse, and the text names the one of the service at fault.
  const change = blamedChange(findings.filter(isMeant), detectors);
  const blamed = findings.find((finding) => isOfChange(finding, detectors) && isMeant(finding));
  const diagnosis: Diagnosis | undefined =
    first === undefined || root === undefined || root.service !== first.service
      ? undefined
      : {
          ...standingOf({ confidence, calls, suspects, available, unread: unreadOf(first, evidence.seen), doubt }),
          ...told(root, blamed),
          confidence,
          signals,
          share: first.score,
          kind: behind?.kind ?? first.kind,
          service: first.service,
          operation: first.operation,
          change: confidence < HARDLY ? undefined : change,
          ranking: rankedWith(withKindOf(suspects, behind), traces),
          chain: chainOf(findings, calls, signs.node, detectors),
          ruledOut: ruledOut(suspects, signs, { ...available, detectors }, calls),
          ...openReason(root, doubt),
          check: root.check,
          runbook: runbookOf(root, blamed),
        };
  // A change that matches the complaints of the lines explains them, and so does a pod that does not run.
  const isExplained =
    change?.knownBy === 'evidence' ||
    (isStopped(evidence, first, ofLogs, detectors) &&
      !isLimitOfMany(ofLogs, evidence) &&
      !isOfFullService(first, ofLogs));
  const isOver = isBlip(ofLogs.diagnosis?.service ?? '', evidence);
  if (!isExplained && !isOver && isSurer(ofLogs, ofPlace, evidence) && isNewsOf(ofLogs, evidence))
    return { ...ofLogs, symptom, findings: [...ofLogs.findings, ...findings] };
  // An attack is a fault of its own, however the requests do.
  if (diagnosis?.status !== 'likely' && doubt === undefined && isAttack(ofLogs, detectors))
    return { ...ofLogs, symptom, findings: [...ofLogs.findings, ...withoutConfidence(findings)] };
  const beside = withoutConfidence(ofLogs.findings);
  return { symptom, findings: [...findings, ...beside], diagnosis, seenShare: undefined };
}

/** Services with metrics of how long their answers take. */
function timedIn({ series }: WindowEvidence): ReadonlySet<string> {
  const isTimed = ({ concept, scope }: Measured) => concept === 'latency' && scope === 'service';
  return new Set(measured(series).flatMap((one) => (isTimed(one) ? [one.service] : [])));
}

/** The line by which its log makes it suspect. */
function complaintOf(suspect: Suspect | undefined, { switches }: WindowSigns): string {
  const isOfLog = suspect?.kind === 'exception';
  const own = switches.filter((one) => isOfLog && one.service === suspect.service && isNews(one));
  return own[0]?.example.line ?? '';
}

/** A change whose time alone leads to it is one more claim beside the cause. */
function asHypothesis(finding: JudgedFinding, at: number): JudgedFinding {
  return at > 0 && isOnlyNear(finding) ? { ...finding, whyNotFirst: finding.whyNotFirst ?? ONLY_TIME } : finding;
}

/** Where callees only say that somebody else was quicker, no finding is a failure. */
function asAnswers(
  findings: readonly JudgedFinding[],
  first: Suspect | undefined,
  { signs, detectors }: Readonly<{ signs: WindowSigns; detectors: Detectors }>,
): readonly JudgedFinding[] {
  if (first === undefined || !areConflictsTold(first, signs, detectors)) return findings;
  return findings.map((one) => ({ ...one, whyNotFirst: one.whyNotFirst ?? CONFLICTS }));
}

const CONFLICTS = 'its answers report conflicts, and no more requests fail or take longer';

function runbookOf(root: JudgedFinding, blamed: JudgedFinding | undefined): string {
  return blamed === undefined || isOnlyNear(blamed) ? root.runbook : blamed.runbook;
}

/** Services whose processors are at their limit and were not before. */
function fullNow({ headroom }: WindowSigns): ReadonlySet<string> {
  return new Set(headroom.filter(({ share, now }) => share >= MUCH_USED && now >= BUSY).map(({ service }) => service));
}

/** Services that do not wait for others, and yet requests take much longer in them. */
function slowedThemselves({ slowness, addedShare }: WindowSigns): ReadonlySet<string> {
  if (addedShare < FELT_SHARE) return new Set();
  const own = slowness.suspects.filter(({ trouble }) => trouble === 'itself' || trouble === 'cpu');
  return new Set(own.map(({ service }) => service));
}

/**
 * Where numbers show that answers of services take much longer, lines that only warn, of a service whose own numbers are as
 * before, say less than the numbers: an idle connection that is closed, a retry that worked.
 */
function withoutMild(signs: WindowSigns, { seen, detectors }: WindowEvidence): WindowSigns {
  if (signs.requests > 0 || !seen.some(({ facts }) => facts.form === 'metric' && facts.isFelt === true)) return signs;
  const isOfLines = ({ detector, lines }: Finding) =>
    lines !== undefined || detectors.of(detector).coverage === 'failing-lines';
  const slow = new Set(seen.filter((one) => !isOfLines(one)).map(({ service }) => service));
  const isMild = ({ service }: { service: string }) => !slow.has(service) && isOnlyWarned({ service }, signs);
  return { ...signs, switches: signs.switches.filter((one) => !isMild(one)) };
}

/** Services with much more to do that are called by another such one, which gets far more requests than before. */
function passedOn({ headroom }: WindowSigns, seen: readonly Finding[], calls: CallGraph): ReadonlySet<string> {
  const busy = headroom.filter(({ share }) => share >= MUCH_USED).map(({ service }) => service);
  const asked = busy.filter((name) => seen.some((one) => one.service === name && saysMoreIsAsked(one)));
  return new Set(
    busy.filter((name) => asked.some((caller) => calls.waitsFor(caller, name) && !calls.waitsFor(name, caller))),
  );
}

/** What a client gets where the server has no room: WebDAV (RFC 4918, status 507), and what servers pass on. */
const NO_ROOM =
  /\b507\b|\binsufficient storage\b|\bno space left\b|\bENOSPC\b|\bdisk (?:is )?full\b|\bout of (?:disk )?space\b/i;

/** Services whose new complaints all say that there is no room, while a disk of another service is full. */
function fullElsewhere({ switches }: WindowSigns, seen: readonly Finding[]): ReadonlySet<string> {
  const full = new Set(seen.filter(isFullDisk).map(({ service }) => service));
  if (full.size === 0) return full;
  const began = switches.filter(isNews);
  const others = [...Map.groupBy(began, ({ service }) => service)].filter(([service]) => !full.has(service));
  return new Set(
    others.filter(([, own]) => own.every(({ example }) => NO_ROOM.test(example.line))).map(([service]) => service),
  );
}

function isFullDisk({ facts }: Finding): boolean {
  return facts.critical === true && facts.resource === 'disk';
}

function isSurer({ diagnosis }: Judgement, ofPlace: number, { traces }: WindowEvidence): boolean {
  return (diagnosis?.confidence ?? 0) > Math.max(traces.length > 0 ? SURE_LINES : 0, ofPlace);
}

/** By requests; by what failing lines name; without requests by the addresses that pods know. */
function callsOf({ traces, healthyTraces, platform, logs, seen }: WindowEvidence): CallGraph {
  const addressed = platform === undefined ? [] : addressedCalls(platform);
  const failing = platform === undefined ? [] : [...webhookCalls(platform), ...resolverCalls(platform)];
  const named = new Set(seen.map(({ service }) => service).filter((service) => service !== ''));
  return callGraphOf([...healthyTraces, ...traces], addressed, [...saidCalls(logs, named), ...failing]);
}

/** The first finding says it as well, before what it found. */
function withReason(findings: readonly JudgedFinding[], behind: BehindUse | undefined): readonly JudgedFinding[] {
  const [first, ...others] = findings;
  if (first === undefined || behind === undefined) return findings;
  const { text } = behind;
  const whose = `${first.service}: `;
  const title = first.title.startsWith(whose) ? `${whose}${text}; ${first.title.slice(whose.length)}` : first.title;
  return [{ ...first, title }, ...others];
}

function withCandidates(findings: readonly JudgedFinding[], doubt: Doubt | undefined): readonly JudgedFinding[] {
  const [first, ...others] = findings;
  const couldBe = first?.couldBe ?? doubt?.couldBe;
  return first === undefined || couldBe === undefined ? findings : [{ ...first, couldBe }, ...others];
}

function openReason({ couldBe }: JudgedFinding, doubt: Doubt | undefined): Pick<Diagnosis, 'couldBe' | 'isPlaceSure'> {
  return doubt === undefined ? {} : { couldBe, isPlaceSure: true };
}

/** As a share of the requests' time: nobody notices less. */
const FELT_SHARE = 0.1;

/**
 * The highest confidence where requests neither fail nor take longer: nobody suffers, as far as anything shows. New lines
 * that only warn, and some requests that are refused, may be a problem. A processor that always was busy or is not at its
 * limit, a number that moved alone, and a change, are none.
 */
function mostUnfelt(first: Suspect, signs: WindowSigns, evidence: WindowEvidence): number {
  const { seen } = evidence;
  const isFelt = areFelt(signs) || areLate(evidence) || waitsInQueue(first, seen);
  if (unreadOf(first, seen) !== '' || isOneNumber(first, seen)) return AT_MOST;
  if (isUnproven(first, seen)) return !isFelt && isTimeAlone(first, signs, evidence) ? UNSAID : AT_MOST;
  if (areConflictsTold(first, signs, evidence.detectors)) return UNSAID;
  if (signs.requests === 0) return isAlwaysFull(first, evidence) ? UNSAID : mostWithoutRequests(first, signs, evidence);
  return isFelt ? 1 : mostOfRequests(first, signs, evidence);
}

/** One number of a store rose many times over, and no second one agrees: that may follow from what it is asked. */
function isOneNumber(first: Suspect, seen: readonly Finding[]): boolean {
  const own = findingsOf(first, seen);
  return own.length > 0 && own.every(({ facts }) => facts.form === 'strained' && facts.isAgreed === false);
}

/** A processor that only works more, and lines that only warn, affect nobody as far as numbers show. */
function mostWithoutRequests(first: Suspect, signs: WindowSigns, evidence: WindowEvidence): number {
  if (affectsNobody(first, signs, evidence)) return UNSAID;
  const isOfLines = first.detector === evidence.detectors.named('new-lines').id;
  const isHarmless = isOfLines
    ? isOnlyWarned(first, signs) && !areUsersAffected(signs, evidence)
    : isUseAlone(first, signs, { ...evidence, seen: withoutDraining(first, evidence.seen) });
  return isHarmless ? AT_MOST : 1;
}

/** A queue of others that is long for a while drains: one that grows without end has a finding of its own. */
function withoutDraining({ service }: Suspect, seen: readonly Finding[]): readonly Finding[] {
  return seen.filter((one) => !saysQueueGrows(one) || one.service === service);
}

/** Requests do as well as before. */
function mostOfRequests(first: Suspect, signs: WindowSigns, evidence: WindowEvidence): number {
  const { seen, detectors } = evidence;
  const isOf = (sign: JudgedSign) => first.detector === detectors.named(sign).id;
  if (isOf('new-lines') && isBlip(first.service, evidence)) return UNSAID;
  if (isOf('new-lines')) return isOnlyWarned(first, signs) ? AT_MOST : 1;
  const own = signs.cuts.filter(({ service }) => service === first.service);
  if (isOf('cut-calls')) return own.every(isOnlyRefused(signs)) ? AT_MOST : 1;
  if (isOfVersion(first, seen)) return 1;
  if (detectors.of(first.detector).coverage === 'change') return isFelt(first, signs, seen) ? AT_MOST : UNSAID;
  return mostOfMetrics(first, signs, evidence);
}

/** Only a verdict that would be likely is doubted, and none of a version that does worse than the other one. */
function doubtOf(first: Suspect | undefined, ofPlace: number, evidence: DoubtEvidence): Doubt | undefined {
  return ofPlace < LIKELY || isOfVersion(first, evidence.seen) ? undefined : windowDoubt(first, evidence);
}

/**
 * A new version of the suspect does worse than the old one beside it. Where one of many replicas is new, the requests of all
 * of them hardly show that.
 */
function isOfVersion(first: Suspect | undefined, seen: readonly Finding[]): boolean {
  return seen.some(({ service, facts }) => service === first?.service && facts.isSideBySide === true);
}

/** Levels, and numbers that moved. */
function mostOfMetrics(first: Suspect, signs: WindowSigns, evidence: WindowEvidence): number {
  const { seen, detectors } = evidence;
  if (isNumberAlone(first, seen)) return UNSAID;
  if (findingsOf(first, seen).some(({ facts }) => facts.form === 'strained')) return AT_MOST;
  const isOf = (sign: JudgedSign) => first.detector === detectors.named(sign).id;
  const isIdle = isOf('full-resource') ? hasRoom(first, signs) || isAlwaysFull(first, evidence) : isOfUse(first, seen);
  if (isIdle) return UNSAID;
  // A batch may use all of a processor: nobody waits for it.
  if (isOf('full-resource') && isBusyAlone(first, signs, seen)) return UNSAID;
  if (isOf('failing-requests') || isOf('full-resource')) return 1;
  // Memory that grows may be a problem later.
  return detectors.of(first.detector).coverage === 'service' ? AT_MOST : 1;
}

/** Only a processor is full, its service has no new complaint, and requests do as well as before. */
function isBusyAlone(first: Suspect, { switches }: WindowSigns, seen: readonly Finding[]): boolean {
  const complains = switches.some((one) => one.service === first.service && isNewComplaint(one));
  return !complains && findingsOf(first, seen).every(({ facts }) => facts.resource === 'CPU');
}

/** A metric moved, and no second kind of evidence goes with it. That fewer requests come may be the problem itself. */
function isNumberAlone(first: Suspect, seen: readonly Finding[]): boolean {
  const own = findingsOf(first, seen);
  return first.kinds === 0 && own.every(({ facts }) => facts.concept !== undefined && !isLessDemand(facts));
}

/** Calls that healthy requests do not make have no baseline of their own, and yet requests take longer by them. */
function areLate({ traces, healthyTraces }: WindowEvidence): boolean {
  const isLate = lateAgainst(healthyTraces);
  const known = traces.flatMap((trace) => isLate(trace) ?? []);
  return known.length >= FEWEST_LATE && known.filter(Boolean).length >= LATE_SHARE * known.length;
}

const FEWEST_LATE = 10;

/** Messages that wait longer and longer take no time of any request, and yet somebody waits for them. */
function waitsInQueue({ service }: Suspect, seen: readonly Finding[]): boolean {
  return seen.some(
    (finding) => finding.service === service && saysWhyAllWait(finding) && finding.facts.queue !== undefined,
  );
}

function areFelt({ failures, addedShare }: WindowSigns): boolean {
  return addedShare >= FELT_SHARE || failures.some(({ nats }) => nats >= NEWS_NATS);
}

/** Nothing separates the change from another one, or nothing but its time leads to it. */
function isUnproven({ detector, service }: Suspect, seen: readonly Finding[]): boolean {
  return seen.some((one) => one.detector === detector && (isTied(one) || (isOnlyNear(one) && one.service === service)));
}

/** New failures in the lines, requests that stop early or answers that take longer, and the change does what they say. */
function isFelt({ detector, service }: Suspect, { switches, cuts }: WindowSigns, seen: readonly Finding[]): boolean {
  const own = seen.filter((finding) => finding.detector === detector);
  if (own.some(({ facts }) => facts.isNamed === true)) return true;
  const doesIt = own.some(({ facts }) => (facts.reasons ?? '') !== '');
  const isLate = seen.some((one) => one.service === service && takesLonger(one));
  return doesIt && (isLate || switches.some((one) => isNewComplaint(one)) || cuts.length > 0);
}

/** Nothing is wrong, as far as anything shows: nobody has to read of it. */
const UNSAID = HARDLY - 0.01;

function hasRoom({ service }: Suspect, { headroom }: WindowSigns): boolean {
  const own = headroom.find((one) => one.service === service);
  return own !== undefined && (own.before >= BUSY || own.now < BUSY);
}

function isOnlyWarned(first: Pick<Suspect, 'service'>, signs: WindowSigns): boolean {
  const own = signs.switches.filter(({ service, nats }) => service === first.service && nats >= NEWS_NATS);
  const refusing = new Set(
    signs.cuts.filter(isOnlyRefused(signs)).map(({ service, operation }) => service + operation),
  );
  return own.every(({ service, operation, change, example }) =>
    change === 'began'
      ? logLevel(example.level) === 'warn' && !tellsOfFault(example.line)
      : refusing.has(service + operation),
  );
}

/** More are refused only where the service refuses everybody. */
const MOST_REFUSED = 0.5;
/** The rest may have lost its status. */
const NEARLY_ALL = 0.9;

/** Some clients send what the service has to refuse (400, 422) or too much of it (429). It answers the others as before. */
function isOnlyRefused({ requests }: WindowSigns): (cut: Cut) => boolean {
  return ({ excess, refused }) => refused >= NEARLY_ALL * excess && excess < MOST_REFUSED * requests;
}

/** An exception is one at any level. */
function tellsOfFault(line: string): boolean {
  return /exception|\bpanic\b|stack ?trace|traceback/i.test(line);
}

/** Includes the change behind it. */
function told(root: JudgedFinding, blamed: JudgedFinding | undefined): Pick<Diagnosis, 'verdict' | 'remedy'> {
  const own = { verdict: root.title, remedy: root.remedy };
  return blamed === undefined || blamed === root ? own : toldWithChange(own, blamed, 'it began');
}

function withoutConfidence(findings: readonly JudgedFinding[]): readonly JudgedFinding[] {
  return findings.map((finding) => ({ ...finding, share: 0, confidence: 0 }));
}

/**
 * The first suspect does not run now, as the cluster itself says. Where other pods of it are ready, complaints that go on
 * have another cause.
 */
function isStopped(
  { seen, logs }: WindowEvidence,
  first: Suspect | undefined,
  ofLogs: Judgement,
  detectors: Detectors,
): boolean {
  if (first === undefined || detectors.of(first.detector).coverage !== 'pod') return false;
  return findingsOf(first, seen).some(
    ({ facts: { sure, ready, words } }) =>
      sure !== false &&
      (typeof ready !== 'number' ||
        ready === 0 ||
        areOver(ofLogs, logs) ||
        areLastWords(String(words ?? ''), ofLogs, logs)),
  );
}

/** The complaint is what the container says as it ends: it does not stay up, whatever other pods answer. */
function areLastWords(words: string, { findings: [first] }: Judgement, logs: readonly LogLine[]): boolean {
  const [complaint] = (first?.lines ?? []).flatMap((at) => logs[at] ?? []);
  const said = words.replace(/…$/, '').trim();
  return said !== '' && complaint !== undefined && logMessage(complaint).replace(/\s+/g, ' ').includes(said);
}

/**
 * Many services have no pod that runs, and another one says that it has no connection left: they end because they get
 * none from it.
 */
function isLimitOfMany({ findings: [first] }: Judgement, { seen, detectors }: WindowEvidence): boolean {
  const isDown = ({ detector, facts }: Finding) => detectors.of(detector).coverage === 'pod' && facts.ready === 0;
  const down = new Set(seen.filter(isDown).map(({ service }) => service));
  return first?.facts.resource === 'connections' && down.size >= MANY && !down.has(first.service);
}

/** What the stopped service logs follows from another one, which says that a resource is used up. */
function isOfFullService(first: Suspect | undefined, { findings, diagnosis }: Judgement): boolean {
  const [full] = findings;
  if (full?.facts.resource === undefined || full.service === first?.service) return false;
  return (diagnosis?.chain ?? []).some(
    ({ finding, because }) => because === 0 && findings[finding]?.service === first?.service,
  );
}

/** Two services may fail at once by chance, or one because of the other. */
const MANY = 3;

/** Clients that still fail complain again within this time. */
const QUIET_US = 30e6;
/** After a short burst, silence of three times its length is enough: a fault that goes on complains as often as before. */
const TIMES_QUIET = 3;
/** The first five pauses of gRPC before it connects again are shorter (Connection Backoff: 1 s, times 1.6). */
const LEAST_QUIET_US = 10e6;

function areOver({ findings: [first] }: Judgement, logs: readonly LogLine[]): boolean {
  const [began, complaint, last] = [logs[first?.lines?.[0] ?? -1], logs[first?.lines?.at(-1) ?? -1], logs.at(-1)];
  if (began === undefined || complaint === undefined || last === undefined) return false;
  const lastedUs = epochUsOf(complaint) - epochUsOf(began);
  const quietUs = Math.min(QUIET_US, Math.max(LEAST_QUIET_US, TIMES_QUIET * lastedUs));
  return epochUsOf(last) - epochUsOf(complaint) > quietUs;
}

function isAttack({ diagnosis }: Judgement, detectors: Detectors): boolean {
  if (diagnosis === undefined) return false;
  const { field, coverage } = detectors.of(diagnosis.kind);
  return field === 'security' && coverage !== 'harmless-lines';
}

/**
 * A complaint that is as frequent in the baseline is not the current problem. Without lines of the service in the
 * baseline, nobody knows.
 */
function isNewsOf({ diagnosis, findings: [first] }: Judgement, { logs, healthyLogs }: WindowEvidence): boolean {
  const isOwn = ({ service }: LogLine) => service === diagnosis?.service;
  const [now, before] = [logs.filter(isOwn), healthyLogs.filter(isOwn)];
  if (before.length === 0) return true;
  const isOfIt = saysTheSame(
    (first?.lines ?? []).flatMap((at) => logs[at] ?? []),
    [...now, ...before],
  );
  const complaints = (lines: readonly LogLine[]): Counted => [lines.filter(isOfIt).length, lines.length];
  return riseInNats(complaints(before), complaints(now)) >= NEWS_NATS;
}

/**
 * Whether a line says what these lines say, whatever its level: not every form of a log has one. Where the finding shows no
 * line of its service, whether it complains.
 */
function saysTheSame(shown: readonly LogLine[], among: readonly LogLine[]): (line: LogLine) => boolean {
  const templates = logTemplates(among);
  const placeOf = new Map(among.map((line, place) => [line, place]));
  const idOf = (line: LogLine) => templates.templateOf(placeOf.get(line) ?? -1).id;
  const ids = new Set(shown.filter((line) => placeOf.has(line)).map(idOf));
  return ids.size === 0 ? ({ level }) => severityOf(level) >= WARN : (line) => ids.has(idOf(line));
}

/** The list of the cluster that could name the cause behind the finding, if nobody read it; else ''. */
function unreadOf(first: Suspect, seen: readonly Finding[]): string {
  const unread = findingsOf(first, seen).map(({ facts }) => (typeof facts.unread === 'string' ? facts.unread : ''));
  return unread.every((list) => list !== '') ? (unread[0] ?? '') : '';
}

/** Removes what a metric repeats from the requests. */
function isSame(a: Finding, b: Finding): boolean {
  return a.detector === b.detector && a.service === b.service;
}

/** The status and its reason, with the effect of missing evidence. */
function standingOf({
  confidence,
  calls,
  suspects: [first, second],
  available,
  unread,
  doubt,
}: Readonly<{
  confidence: number;
  calls: CallGraph;
  suspects: readonly Suspect[];
  available: Available;
  unread: string;
  doubt: Doubt | undefined;
}>): Pick<Diagnosis, 'status' | 'statusReason'> {
  const lack = lackOf(available);
  if (unread !== '')
    return { status: 'inconclusive', statusReason: `the reason may be in ${unread}, which nobody read${lack}` };
  if (doubt !== undefined) return { status: 'inconclusive', statusReason: `${doubt.reason}${lack}` };
  if (confidence >= LIKELY)
    return {
      status: 'likely',
      statusReason: `the differences from the baseline are exactly where a fault in this service would show${lack}`,
    };
  const isClose = first !== undefined && second !== undefined && second.score >= first.score / 2;
  if (!isClose)
    return {
      status: 'inconclusive',
      statusReason: `with so little evidence, such a verdict is wrong as often as right${lack}`,
    };
  const waits = calls.waitsFor(first.service, second.service) || calls.waitsFor(second.service, first.service);
  const both = waits ? ', and one of them waits for the other' : '';
  return { status: 'inconclusive', statusReason: `${second.service} is almost as likely the cause${both}${lack}` };
}

function lackOf({ areRequests, areLines, areMetrics }: Available): string {
  if (!areRequests) return '; no requests were compared, so it is unknown which service affects which';
  if (!areLines && !areMetrics) return '; without log lines and metrics, nothing shows why';
  return '';
}

/** `requests through frontend take 1.2 s, 310 ms in the baseline; 40 of 200 fail, 2 of 150 in the baseline` */
function symptomOf({ service, traces, healthyTraces, logs }: WindowEvidence, ofLogs: Symptom): Symptom {
  if (traces.length === 0 && ofLogs.kind !== 'none') return ofLogs;
  if (traces.length === 0) return { kind: 'degraded', text: `${service || 'the system'} in that time window` };
  const [now, before] = [meanUs(traces), meanUs(healthyTraces)];
  const kind = failsMore(traces, healthyTraces) ? 'failed' : before > 0 && now > before ? 'slow' : 'degraded';
  const through = service === '' ? 'requests' : `requests through ${service}`;
  const health = healthyTraces.length === 0 ? '' : `, ${durationText(before)} in the baseline`;
  const [failed, failedBefore] = [rootFailures(traces), rootFailures(healthyTraces)];
  const was = failedBefore === 0 ? '' : `, ${failedBefore} of ${healthyTraces.length} in the baseline`;
  const failures = failed === 0 ? '' : `; ${failed} of ${traces.length} fail${was}`;
  const lines = logs.length === 0 ? '' : `, with ${logs.length} log lines`;
  return { kind, text: `${through} take ${durationText(now)} on average${health}${failures}${lines}` };
}

/** Findings of the first suspect first, its strongest evidence before the others; then those of the next suspects. */
function judgedFindings(
  findings: readonly Finding[],
  suspects: readonly Suspect[],
  confidence: number,
): readonly JudgedFinding[] {
  const place = new Map(suspects.map(({ service }, at) => [service, at]));
  const of = ({ service }: Finding) => place.get(service) ?? suspects.length;
  const isMost = (finding: Finding) => suspects[of(finding)]?.detector === finding.detector;
  const ordered = findings
    .map((finding, at) => ({ finding, at }))
    .sort(
      (a, b) => of(a.finding) - of(b.finding) || Number(isMost(b.finding)) - Number(isMost(a.finding)) || a.at - b.at,
    )
    .map(({ finding }) => finding);
  // The remaining confidence is divided by suspicion.
  const others = suspects.slice(1).reduce((sum, { score }) => sum + score, 0);
  const told = new Set<string>();
  return ordered.map((finding) => {
    const score = suspects[of(finding)]?.score ?? 0;
    const isFirst = !told.has(finding.service);
    told.add(finding.service);
    const severity = of(finding) === 0 ? 'high' : score >= LIKELY / 2 ? 'medium' : 'low';
    const part = others === 0 ? 0 : Math.min(1, score / others) * Math.min(score, 1 - confidence);
    // What comes second is no surer than what comes first.
    const left = Math.min(part, confidence);
    const sure = of(finding) === 0 ? confidence : left;
    return { ...finding, severity, wonUs: 0, share: isFirst ? score : 0, confidence: isFirst ? sure : 0 };
  });
}

/** The first of them, by what its processor works at. */
function withKindOf([first, ...others]: readonly Suspect[], behind: BehindUse | undefined): readonly Suspect[] {
  return first === undefined ? [] : [{ ...first, kind: behind?.kind ?? first.kind }, ...others];
}

/** Every service has a rank; services without evidence come last, by name. */
function rankedWith(suspects: readonly Suspect[], traces: readonly Trace[]): Diagnosis['ranking'] {
  const known = new Set(suspects.map(({ service }) => service));
  const others = new Set(traces.flatMap(({ services }) => services).filter((service) => !known.has(service)));
  return [
    ...suspects.map(({ service, operation, kind, score }) => ({ service, operation, kind, score })),
    ...[...others].sort().map((service) => ({ service, operation: '', kind: '', score: 0 })),
  ];
}

/**
 * What the first finding explains: the findings of services that wait for its service, and the other findings of its
 * own service. A change explains the first finding.
 */
function chainOf(
  findings: readonly JudgedFinding[],
  calls: CallGraph,
  node: SickNode | undefined,
  detectors: Detectors,
): Diagnosis['chain'] {
  const [root] = findings;
  if (root === undefined) return [];
  const onNode = new Set(node?.node === root.service ? node.services.map(({ service }) => service) : []);
  const follows = ({ service }: Finding) =>
    onNode.has(service) || [root.service, ...onNode].some((sick) => calls.waitsFor(service, sick));
  return findings.flatMap((finding, at) => {
    if (at === 0) return [];
    if (finding.service !== root.service) return follows(finding) ? [{ finding: at, because: 0 }] : [];
    if (isBehind(finding, detectors)) return [{ finding: 0, because: at }];
    return isOfChange(finding, detectors) ? [] : [{ finding: at, because: 0 }];
  });
}
