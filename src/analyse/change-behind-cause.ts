/** The change that fits the cause of a window's problem: its statements, its failures, its service. */

import { answersMore, BAD_GATEWAY, NO_ROOM } from '#analyse/edge-answers.ts';
import type { Look } from '#analyse/look.ts';
import { type ChangeEvidence, nearChanges, SERVER_IS_FULL } from '#analyse/near-changes.ts';
import { sharedStoreChange } from '#analyse/shared-store-change.ts';
import { jobsByName } from '#analyse/store-jobs.ts';
import { isUneven } from '#analyse/uneven-load.ts';
import { suspectChange } from '#detect/changes/suspect-change.ts';
import { knownDetectors } from '#detect/known.ts';
import { bruteForce } from '#detect/logs/brute-force.ts';
import { memoryLeak } from '#detect/metrics/memory-leak.ts';
import { resourceSaturation } from '#detect/metrics/resource-saturation.ts';
import { oomKilled } from '#detect/platform/oom-killed.ts';
import { podPending } from '#detect/platform/pod-pending.ts';
import { quotaExceeded } from '#detect/platform/quota-exceeded.ts';
import { detectors } from '#detect/registry.ts';
import { thresholdsOf } from '#detect/run.ts';
import { NOT_OF_IMAGE } from '#detect/signs/containers/pull-failure.ts';
import { strainSymptoms } from '#detect/signs/servers/strain-symptoms.ts';
import { strainedServers } from '#detect/signs/servers/strained-servers.ts';
import {
  intendedDowntime,
  intendedRemoval,
  leadsTo,
  mayBeAnything,
  mechanismOf,
} from '#detect/signs/suspicion/failure-mechanisms.ts';
import { linkedChanges } from '#detect/signs/suspicion/linked-changes.ts';
import { isOfServers, namesServer } from '#detect/signs/suspicion/of-servers.ts';
import { storeUses } from '#detect/signs/suspicion/store-changes.ts';
import {
  type RequestSeen,
  requestSymptoms,
  symptomsWithoutRequest,
  traitOf,
} from '#detect/signs/symptoms/request-symptoms.ts';
import { guiltyReleases } from '#detect/signs/versions/guilty-releases.ts';
import { sparedByMemory } from '#detect/signs/versions/spared-releases.ts';
import { queueBacklog } from '#detect/window/queue-backlog.ts';
import { asIntended, withChange } from '#diagnose/change-behind.ts';
import { HARDLY } from '#diagnose/status.ts';
import { askingMore, isNewWork, newlyAsked } from '#diagnose/window/asking-more.ts';
import { onsetOf } from '#diagnose/window/onset.ts';
import type { RequestCause } from '#diagnose/window/request-causes.ts';
import { type Change, isSameChange } from '#model/changes/change.ts';
import { isOfResolver } from '#model/changes/change-effects.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { isEngineName, isOfDatabase } from '#model/changes/database-of-change.ts';
import { quotedLimit, quotedToken, quotedVersion } from '#model/changes/quoted-names.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { recordIn } from '#model/logs/complaint.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { isOfResources } from '#model/metrics/metric-names.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { CHANGES_BEFORE_US } from '#model/requests/time-around.ts';
import type { Trace } from '#model/trace/trace.ts';
import { behind } from '#model/trace/views/behind.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { callAbove } from '#model/trace/views/entry.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';
import { storesAsked } from '#model/trace/views/stores-asked.ts';

/**
 * The judgement with the change. Where none fits, it says that. `cause`: what single requests name; without it the
 * first finding is the cause.
 */
export function changeBehindCause(
  look: Look,
  judgement: Judgement,
  cause: RequestCause | undefined,
  evidence: ChangeEvidence,
): Judgement {
  const { window, logs, baselineLogs = [], changes } = evidence;
  const { first, shownBy = first && shownBest(first, evidence.traces), sinceUs } = behindVerdict(judgement, cause);
  if (first === undefined || judgement.diagnosis === undefined) return judgement;
  if (needsNoChange(judgement.diagnosis, first)) return judgement;
  const dated = earlierOf(
    onsetUsOf([first, ...judgement.findings], evidence) ?? firstSignUs(first, evidence),
    saidSinceUs(first, evidence),
  );
  // An unknown onset may be anywhere in the window.
  const onsetUs = dated ?? sinceUs ?? window.toUs;
  const { services, machines, databases: asked } = shownBy === undefined ? NOTHING : behind(shownBy);
  // A store without a name of its own goes by its kind.
  const databases = [...asked, ...services.filter(isEngineName)];
  const asking = askingMoreOf(first, shownBy, evidence);
  const seen = { first, symptom: judgement.symptom.kind, nearLines: logs, baselineLogs };
  const shown = symptomsBy(shownBy, seen, onsetUs);
  const strain = strainSymptoms(strainedServers(evidence.series, window));
  const strained = strain.kinds;
  const known = { first, shownBy, shown, findings: judgement.findings, onsetUs, asking, strained };
  const { near, isCacheLost, isLoad } = nearChanges(known, evidence);
  const versions = versionsIn(evidence);
  const guilty = guiltyReleases({ changes, ...versions }, thresholdsOf(suspectChange));
  const blamed = guilty.map(({ change }) => change.service);
  const keys = new Set([first.service, ...services, ...machines, ...near, ...blamed].map(serviceKey));
  const spared = sparedBy(first, evidence);
  const isOfNode = judgement.diagnosis.kind === 'node';
  const isOfOneZone = isOfZone(judgement);
  const servers = new Set([...strain.servers, ...withoutSpans(services, shownBy)]);
  const isBehind = (change: Change) => isOfServers({ servers }, change) || namesServer(shown.complaint, change);
  const considered = linkedChanges(changes.filter((change) => !spared.has(change))).filter(
    (change) =>
      !(isOfNode && ON_ALL_NODES.has(change.kind)) &&
      !(isOfOneZone && OF_ONE_SERVICE.has(change.kind)) &&
      change.atUs >= onsetUs - CHANGES_BEFORE_US &&
      change.atUs <= window.toUs &&
      (change.service === '' ||
        keys.has(serviceKey(change.service)) ||
        isOfDatabase(change, databases) ||
        isOfResolver(change) ||
        isBehind(change)),
  );
  const newlyCalled = [...newlyAsked(first.service, evidence.traces, evidence.healthyTraces)];
  const symptoms: ChangeSymptoms = {
    ...shown,
    databases,
    servers,
    kinds: withKinds(new Set([...shown.kinds, ...strain.kinds, ...ofVerdict(judgement.diagnosis)]), {
      'many-calls': asking.size > 0,
      'new-call': newlyCalled.length > 0,
      cache: isCacheLost,
      'bad-gateway': answersMore(BAD_GATEWAY, evidence.series, first.service, { ...window, onsetUs }),
      capacity: answersMore(NO_ROOM, evidence.series, first.service, { ...window, onsetUs }),
      stopped: lacksPods(first, judgement.findings),
      cpu: fillsProcessor(first, judgement.findings),
      backlog: fallsBehind(first, judgement.findings),
      'slow-statement': judgement.findings[0]?.facts.form === 'strained',
      slow: shownBy === undefined && isSlowToo(first, judgement.findings),
      pool: shownBy === undefined && areMoreConnected(judgement.findings, onsetUs),
      uneven: isUneven(evidence.series, first.service, { ...window, onsetUs }),
    }),
    onsetUs,
    untilUs: Math.max(
      handledUs(onsetUs, first, evidence.traces),
      latestUs(onsetUs, evidence),
      scrapedUs(onsetUs, [first, ...judgement.findings]),
    ),
    near,
    isDated: dated !== undefined,
    isSure: isSure(judgement.diagnosis),
    complaint: withRecord(shown.complaint, first, evidence),
    isOutside: isOutside(first, shown) || failedOutside(shownBy, evidence.traces),
    isWaiting: first.facts.isWaiting === true,
    newlyCalled,
    isNewStatement: isNewStatement(first, shownBy, evidence),
    announced: announcedBy(first.service, changes),
    trait: sharedTrait(shown, judgement),
    guilty,
    isLoad,
  };
  const notCalled = symptoms.notCalled || String(first.facts.notCalled ?? '');
  const intended = intendedRemoval({ ...symptoms, notCalled }, considered) ?? intendedDowntime(symptoms, considered);
  if (intended !== undefined) return asIntended(judgement, intended);
  const { service, fromUs, toUs } = window;
  const isOfNames = isOfResolver({ service: first.service, files: [] });
  const fitting = inReach(considered, symptoms, {
    isOfNode,
    isOfNames,
    isOfLines: isOfLines(first),
    isAttack: isAttack(first),
  });
  const at = { window: { service, fromUs, toUs }, changes: fitting, symptoms };
  const { findings, ran } = look([suspectChange], { ...at, ...versions });
  const [change = ofSharedStore(look, { symptoms, shownBy, first }, evidence)] = findings;
  if (change !== undefined) return withChange(judgement, change, knownDetectors(detectors));
  const { diagnosis } = judgement;
  return { ...judgement, diagnosis: { ...diagnosis, ruledOut: [...diagnosis.ruledOut, ...ran.cleared] } };
}

/** Strangers attack it, the registry of its image fails, another host is gone or full: the time of a release says nothing. */
function isOutside(finding: Finding, { complaint }: ChangeSymptoms): boolean {
  const said = complaint?.text ?? '';
  const isElsewhere = NOBODY_LISTENS.test(said) || SERVER_IS_FULL.test(said);
  return isAttack(finding) || NOT_OF_IMAGE.has(String(finding.facts.failure)) || isElsewhere;
}

function isAttack({ detector }: Finding): boolean {
  return detector === bruteForce.id;
}

/** All services in one zone suffer. */
function isOfZone({ findings: [first] }: Judgement): boolean {
  return first?.detector === knownDetectors(detectors).named('sick-zone').id && first.facts.value === undefined;
}

/** With the one record, message or offset that nearly all errors of the service are about, where there is one. */
function withRecord(
  complaint: ChangeSymptoms['complaint'],
  { service }: Finding,
  { logs }: Pick<ChangeEvidence, 'logs'>,
): ChangeSymptoms['complaint'] {
  const errors = logs.filter((line) => line.service === service && severityOf(logLevel(line.level)) > WARN);
  return complaint && { ...complaint, record: recordIn(errors) };
}

/** Stores, brokers and providers behind the request, which record no spans. */
function withoutSpans(behindIt: readonly string[], trace: Trace | undefined): readonly string[] {
  const known = new Set(trace?.services ?? []);
  return behindIt.filter((name) => !known.has(name));
}

const NOBODY_LISTENS = /\bconnection refused\b|\beconnrefused\b|\bno route to host\b|\behostunreach\b/;

/** They work on every node alike, so they are no reason for trouble on one. */
const ON_ALL_NODES: ReadonlySet<Change['kind']> = new Set(['migration', 'flag']);

/** They reach one service in all zones, so they are no reason for trouble of all services in one. */
const OF_ONE_SERVICE: ReadonlySet<Change['kind']> = new Set(['deploy', 'migration', 'flag', 'scale']);

/** What shows how old and new instances of a service do. */
function versionsIn(evidence: ChangeEvidence): Partial<Evidence> {
  const { traces, healthyTraces, series, platform, logs, baselineLogs = [] } = evidence;
  return {
    requests: traces,
    healthyRequests: healthyTraces,
    metrics: series,
    logs,
    baselineLogs,
    ...(platform && { platform }),
  };
}

/** Memory that grew before a change, or that only the pods of the old version lack, clears it. */
function sparedBy(
  { detector, facts }: Finding,
  { changes, platform }: Pick<ChangeEvidence, 'changes' | 'platform'>,
): ReadonlySet<Change> {
  if (detector !== memoryLeak.id && detector !== oomKilled.id) return new Set();
  const { sinceUs } = facts;
  const grows = detector === memoryLeak.id && typeof sinceUs === 'number' ? sinceUs : undefined;
  return sparedByMemory({ changes, ...(platform && { platform }) }, grows);
}

/** A change of another user of the store that the cause waits for. */
function ofSharedStore(
  look: Look,
  { symptoms, shownBy, first }: Readonly<{ symptoms: ChangeSymptoms; shownBy: Trace | undefined; first: Finding }>,
  evidence: ChangeEvidence,
): Finding | undefined {
  if (shownBy === undefined) return undefined;
  const { window, traces, healthyTraces, platform, databases, changes, logs, baselineLogs = [] } = evidence;
  const { service, fromUs, toUs } = window;
  const known = changes.filter(({ atUs }) => atUs >= symptoms.onsetUs - CHANGES_BEFORE_US && atUs <= toUs);
  const uses = () => [
    ...storeUses([...traces, ...healthyTraces], platform, databases),
    ...jobsByName(known, storesAsked(shownBy), { logs, baselineLogs }),
  ];
  const at = { window: { service, fromUs, toUs }, symptoms };
  return sharedStoreChange(look, at, { trace: shownBy, first, changes: known, uses });
}

/** Services that ask the first one more often than before, or that ask the host that refuses them more often. */
function askingMoreOf(
  { service }: Finding,
  shownBy: Trace | undefined,
  { traces, healthyTraces }: Pick<ChangeEvidence, 'traces' | 'healthyTraces'>,
): ReadonlySet<string> {
  const refused = shownBy === undefined ? [] : calledAtOrigin(shownBy).filter((name) => name !== service);
  return new Set([service, ...new Set(refused)].flatMap((name) => [...askingMore(name, traces, healthyTraces)]));
}

/** What the calls went to in which the failure began. */
function calledAtOrigin(trace: Trace): readonly string[] {
  return errorOrigins(trace)
    .flatMap(({ spans }) => spans.slice(0, 1))
    .filter((span) => trace.isCall(span))
    .map((span) => callee(trace, span))
    .filter((name) => name !== '');
}

/** The processor of the service is at its limit, whatever leads the verdict. */
function fillsProcessor({ service }: Finding, findings: readonly Finding[]): boolean {
  return findingsOf(service, findings).some(
    ({ detector, facts }) => detector === resourceSaturation.id && facts.resource === 'CPU',
  );
}

/** The service reads a queue that grows, whatever leads the verdict. */
function fallsBehind({ service }: Finding, findings: readonly Finding[]): boolean {
  return findingsOf(service, findings).some(({ detector }) => detector === queueBacklog.id);
}

function findingsOf(service: string, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((one) => serviceKey(one.service) === serviceKey(service));
}

/** What takes long or waits is a statement that no healthy request of the kind has. */
function isNewStatement(
  { spans: [span], facts }: Finding,
  trace: Trace | undefined,
  { traces, healthyTraces }: Pick<ChangeEvidence, 'traces' | 'healthyTraces'>,
): boolean {
  if (trace === undefined || span === undefined || facts.metric !== undefined) return false;
  return trace.isDatabaseCall(span) && isNewWork(trace, span, traces, healthyTraces);
}

/** Metrics show that the service takes longer, too, whatever leads the verdict. */
function isSlowToo({ service }: Finding, findings: readonly Finding[]): boolean {
  const slow = knownDetectors(detectors).named('slow-answers').id;
  return findings.some((one) => one.detector === slow && one.facts.isFelt === true && one.service === service);
}

/** Someone holds more connections than before, as of then. Without requests nothing shows who. */
function areMoreConnected(findings: readonly Finding[], onsetUs: number): boolean {
  return findings.some(
    ({ facts: { concept, isAbove, sinceUs } }) =>
      concept === 'connections' && isAbove === true && Math.abs(Number(sinceUs) - onsetUs) <= SCRAPED_US,
  );
}

/** The symptoms that the kind of the verdict adds to those of the request: garbage is collected, a lock is waited for. */
function ofVerdict({ kind }: Diagnosis): readonly ChangeSymptom[] {
  return SAYS_HOW.has(kind) ? [] : leadsTo(kind);
}

/** These kinds say how the time is spent, and not why. */
const SAYS_HOW: ReadonlySet<string> = new Set(['latency', 'dependency']);

/** Pods of the service do not start, whatever leads the verdict. */
function lacksPods({ service }: Finding, findings: readonly Finding[]): boolean {
  const own = findings.filter((one) => serviceKey(one.service) === serviceKey(service));
  return own.some(({ detector }) => detector === podPending.id || detector === quotaExceeded.id);
}

function withKinds(
  kinds: ChangeSymptoms['kinds'],
  isThere: Readonly<Partial<Record<ChangeSymptom, boolean>>>,
): ChangeSymptoms['kinds'] {
  const more = (Object.keys(isThere) as ChangeSymptom[]).filter((kind) => isThere[kind]);
  return new Set([...kinds, ...more]);
}

/** Single requests may name the cause, and all of them together whom it affects. */
function sharedTrait({ trait }: ChangeSymptoms, { findings: [first] }: Judgement): string {
  return trait || (first === undefined ? '' : traitOf(first));
}

/** Texts of all known changes of the service, however old, but of no flags. */
function announcedBy(service: string, changes: readonly Change[]): readonly string[] {
  return changes.flatMap((one) => (one.kind !== 'flag' && one.service === service ? [one.text] : []));
}

/** A pod that does not run leads over what requests name: its change is the one to look for. */
function behindVerdict(
  { findings: [found], diagnosis }: Judgement,
  cause: RequestCause | undefined,
): Readonly<{ first: Finding | undefined; shownBy?: Trace; sinceUs?: number }> {
  const lock = knownDetectors(detectors).named('lock-wait').id;
  // What slow requests wait for decides which change fits.
  const leading = found !== undefined && diagnosis?.kind === lock ? { ...found, detector: lock } : found;
  if (cause === undefined || (leading !== undefined && isOfPods(leading))) return { first: leading };
  return { first: cause.finding, shownBy: cause.shownBy, sinceUs: cause.sinceUs };
}

function symptomsBy(
  trace: Trace | undefined,
  seen: Omit<RequestSeen, 'trace' | 'logs'>,
  onsetUs: number,
): ChangeSymptoms {
  if (trace === undefined) return symptomsWithoutRequest(seen, onsetUs);
  const logs = seen.nearLines.filter(({ traceId }) => traceId === trace.traceId);
  return requestSymptoms({ ...seen, trace, logs });
}

/** The answer says that nothing is wrong, or that a processor or a memory only does something else. */
function needsNoChange(diagnosis: Diagnosis, { facts }: Finding): boolean {
  return diagnosis.confidence < HARDLY || (!isSure(diagnosis) && isOfResources(String(facts.concept ?? '')));
}

/** A change before it began is a reason, so it is looked for also where only the reason is open. */
function isSure({ status, isPlaceSure = false }: Diagnosis): boolean {
  return status !== 'inconclusive' || isPlaceSure;
}

function isOfLines({ detector }: Finding): boolean {
  return detector === knownDetectors(detectors).named('new-lines').id;
}

/**
 * Without a sure verdict from requests, only those that do something. A release reaches all nodes: its time says nothing
 * of one. A server of names answers all services: the time of a release of one of them says nothing. Strangers choose when
 * they attack.
 */
function inReach(
  changes: readonly Change[],
  symptoms: ChangeSymptoms,
  {
    isOfNode,
    isOfNames,
    isOfLines,
    isAttack,
  }: Readonly<Record<'isOfNode' | 'isOfNames' | 'isOfLines' | 'isAttack', boolean>>,
): readonly Change[] {
  if (isAttack || (isOfLines && symptoms.isSure !== true)) return doing(changes, symptoms);
  const isRelease = ({ service, files }: Change) =>
    service !== '' && (isOfNode || (isOfNames && !isOfResolver({ service, files })));
  const others = changes.filter((change) => !isRelease(change));
  return [...others, ...doing(changes.filter(isRelease), symptoms)];
}

/** New lines that may mean nothing need no change, unless one does just what they say. */
function doing(changes: readonly Change[], symptoms: ChangeSymptoms): readonly Change[] {
  return changes.filter((change) => {
    const mechanism = mechanismOf(symptoms, change, codeChangeOf(change));
    const doesIt = mechanism !== undefined && !mayBeAnything(mechanism);
    const isGuilty = symptoms.guilty?.some((one) => isSameChange(one.change, change)) === true;
    return (
      doesIt ||
      isGuilty ||
      quotedToken(change, symptoms.complaint) !== '' ||
      quotedLimit(change, symptoms.complaint) !== '' ||
      quotedVersion(change, symptoms.complaint) !== ''
    );
  });
}

const NOTHING = { services: [], machines: [], databases: [] } as const;

/** Requests through a service, or with calls of a store of this name. */
function requestsThrough(service: string, traces: readonly Trace[]): readonly Trace[] {
  const through = traces.filter(({ services }) => services.includes(service));
  return through.length > 0
    ? through
    : traces.filter((trace) => serviceGraph(trace).some(({ callee: called }) => called === service));
}

/** A request through the service of the finding: one that failed, else the longest. */
function shownBest({ service, operation }: Finding, traces: readonly Trace[]): Trace | undefined {
  const named = requestsThrough(service, traces);
  // A database or a node is no service of a request, though requests depend on it.
  const through = named.length > 0 ? named : traces;
  const failed = through.filter((trace) => trace.failed(trace.root));
  const passes = (trace: Trace) => {
    const own = Array.from({ length: trace.spanCount }, (_, span) => span).filter(
      (span) =>
        [trace.operation(span), operationName(trace, span)].includes(operation) && trace.service(span) === service,
    );
    return Number(own.length > 0) + Number(own.some((span) => trace.failed(span)));
  };
  const [best] = (failed.length > 0 ? failed : through).toSorted(
    (a, b) => passes(b) - passes(a) || b.durationUs - a.durationUs || (a.traceId < b.traceId ? -1 : 1),
  );
  return best;
}

/** The failure began in a call of something that records no spans: a store, a provider. */
function failedOutside(trace: Trace | undefined, traces: readonly Trace[]): boolean {
  if (trace === undefined) return false;
  const known = new Set(traces.flatMap(({ services }) => services));
  const origins = errorOrigins(trace).flatMap(({ spans }) => spans.slice(0, 1));
  return origins.some(
    (span) =>
      trace.isCall(span) &&
      callAbove(trace, span) === undefined &&
      Array.from(trace.children(span)).every((one) => trace.service(one) === trace.service(span)) &&
      !known.has(callee(trace, span)),
  );
}

function isOfPods({ detector }: Finding): boolean {
  return knownDetectors(detectors).of(detector).coverage === 'pod';
}

/** A message is handled at the end of its wait. A change of its consumer acts then, and not when it was published. */
/** As a share of the last wait. */
const EARLY_WAIT = 0.25;

function handledUs(onsetUs: number, { service, facts }: Finding, traces: readonly Trace[]): number {
  if (typeof facts.queue !== 'string') return onsetUs;
  // One message shows only how long it waited, and a change in that time may be why.
  if (facts.lastUs === undefined) return onsetUs + Number(facts.lagUs ?? 0);
  const waitedUs = EARLY_WAIT * Number(facts.lastUs ?? 0);
  const since = requestsThrough(service, traces).filter(
    ({ startEpochUs, durationUs }) => startEpochUs >= onsetUs && durationUs >= waitedUs,
  );
  const ends = since.map(({ startEpochUs, durationUs }) => startEpochUs + durationUs);
  return ends.length === 0 ? onsetUs : Math.min(...ends);
}

/** Without any for three times their mean distance, they began then: by chance that happens in one of 20 cases. */
const QUIET_DISTANCES = 3;
const FEWEST_SIGNS = 4;

/** When the first of the finding's own lines or failed calls was seen, if there was none for a while before. */
function firstSignUs(
  { service, lines = [] }: Finding,
  { window, traces, logs }: Pick<ChangeEvidence, 'window' | 'traces' | 'logs'>,
): number | undefined {
  const ofLines = lines.flatMap((at) => {
    const line = logs[at];
    return line === undefined ? [] : [epochUsOf(line)];
  });
  return sinceQuietUs(ofLines.length >= FEWEST_SIGNS ? ofLines : refusedAt(service, traces), window.fromUs);
}

function sinceQuietUs(signs: readonly number[], fromUs: number): number | undefined {
  const times = signs.toSorted((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (times.length < FEWEST_SIGNS || first === undefined || last === undefined) return undefined;
  const distanceUs = (last - first) / (times.length - 1);
  return first - fromUs > Math.max(EDGE_US, QUIET_DISTANCES * distanceUs) ? first : undefined;
}

function earlierOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** A shorter message is a word of many lines. */
const SHORTEST_MESSAGE = 10;

/**
 * Since when the lines of the service say the failure that its requests have, and never said it before: requests are a
 * sample, and the first that failed may be missing there. Where only lines show it, since when they are errors.
 */
function saidSinceUs(
  { service, facts, detector, lines }: Finding,
  { window, logs, baselineLogs = [] }: Pick<ChangeEvidence, 'window' | 'logs' | 'baselineLogs'>,
): number | undefined {
  const message = String(facts.message ?? '');
  const isSaid = ({ line }: LogLine) => line.includes(message);
  const isError = ({ level }: LogLine) => severityOf(logLevel(level)) > WARN;
  const isOfLines = detector === knownDetectors(detectors).named('new-lines').id && lines === undefined;
  if (message.length < SHORTEST_MESSAGE && !isOfLines) return undefined;
  const isMeant = (line: LogLine) => line.service === service && (isOfLines ? isError(line) : isSaid(line));
  if (baselineLogs.some(isMeant)) return undefined;
  const times = logs.flatMap((line) => (isMeant(line) ? [epochUsOf(line)] : []));
  return sinceQuietUs(withoutStrays(times), window.fromUs);
}

/** One error long before the others is that of somebody else. */
function withoutStrays(times: readonly number[]): readonly number[] {
  const sorted = times.toSorted((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  const usualUs = (QUIET_DISTANCES * (last - first)) / Math.max(1, sorted.length - 1);
  const begins = sorted.findIndex((us, at) => (sorted[at + 1] ?? us) - us <= usualUs);
  return sorted.slice(Math.max(0, begins));
}

const CLIENT_ERROR = 400;

/** When the service answered with an error, or with a refusal, in microseconds since the epoch. */
function refusedAt(service: string, traces: readonly Trace[]): number[] {
  return traces.flatMap((trace) => {
    for (let span = 0; span < trace.spanCount; span += 1)
      if (trace.service(span) === service && (trace.failed(span) || trace.httpStatus(span) >= CLIENT_ERROR))
        return [trace.startEpochUs + trace.startUs(span)];
    return [];
  });
}

/** What begins with the window began before it. */
const EDGE_US = 30_000_000;

/**
 * When the problem began: from many requests, those of the baseline included because the onset may be near the window's
 * edge, else from a finding. Undefined where neither shows it.
 */
function onsetUsOf(findings: readonly Finding[], { window, seen, healthySeen }: ChangeEvidence): number | undefined {
  const ofRequests = window.onset?.atUs ?? onsetOf(unchosen(seen))?.atUs;
  if (ofRequests !== undefined) return ofRequests;
  const sinceBaseline = onsetOf([...unchosen(healthySeen), ...unchosen(seen)])?.atUs ?? 0;
  const ofFindings = findings.flatMap(({ facts }) => (typeof facts.sinceUs === 'number' ? [facts.sinceUs] : []));
  return [sinceBaseline, ...ofFindings].find((us) => us > window.fromUs + EDGE_US && us <= window.toUs);
}

function unchosen(all: readonly SeenRequest[]): readonly SeenRequest[] {
  return all.filter(({ sample }) => isUnchosen(sample));
}

/** A metric has a value a minute, which stands for the minute before: it may have begun in either. */
function scrapedUs(onsetUs: number, findings: readonly Finding[]): number {
  const isMetered = ({ facts }: Finding) =>
    typeof facts.metric === 'string' && facts.metric !== '' && facts.sinceUs === onsetUs;
  return findings.some(isMetered) ? onsetUs + SCRAPED_US : onsetUs;
}

const SCRAPED_US = 120e6;

/** The requests of the window say how late it may have begun, where it is they that date it. */
function latestUs(onsetUs: number, { seen, healthySeen }: ChangeEvidence): number {
  const found = [unchosen(seen), [...unchosen(healthySeen), ...unchosen(seen)]].map(onsetOf);
  return found.find((one) => one?.atUs === onsetUs)?.untilUs ?? onsetUs;
}
