/** The change that fits the cause of a window's problem: its statements, its failures, its service. */
import type { Look } from '#analyse/look.ts';
import { sharedStoreChange } from '#analyse/shared-store-change.ts';
import { suspectChange } from '#detect/changes/suspect-change.ts';
import { knownDetectors } from '#detect/known.ts';
import { bruteForce } from '#detect/logs/brute-force.ts';
import { memoryLeak } from '#detect/metrics/memory-leak.ts';
import { oomKilled } from '#detect/platform/oom-killed.ts';
import { podPending } from '#detect/platform/pod-pending.ts';
import { quotaExceeded } from '#detect/platform/quota-exceeded.ts';
import { detectors } from '#detect/registry.ts';
import { thresholdsOf } from '#detect/run.ts';
import { intendedDowntime, intendedRemoval, mayBeAnything, mechanismOf } from '#detect/signs/failure-mechanisms.ts';
import { linkedChanges } from '#detect/signs/linked-changes.ts';
import { NOT_OF_IMAGE } from '#detect/signs/pull-failure.ts';
import { type RequestSeen, requestSymptoms, symptomsWithoutRequest, traitOf } from '#detect/signs/request-symptoms.ts';
import { storeUses } from '#detect/signs/store-changes.ts';
import { guiltyReleases } from '#detect/signs/versions/guilty-releases.ts';
import { sparedByMemory } from '#detect/signs/versions/spared-releases.ts';
import { cacheStampede } from '#detect/window/cache-stampede.ts';
import { asIntended, withChange } from '#diagnose/change-behind.ts';
import { HARDLY } from '#diagnose/status.ts';
import { askingMore, newlyAsked } from '#diagnose/window/asking-more.ts';
import { onsetOf } from '#diagnose/window/onset.ts';
import type { RequestCause } from '#diagnose/window/request-causes.ts';
import { type Change, isSameChange } from '#model/changes/change.ts';
import { effectsOf, isOfResolver } from '#model/changes/change-effects.ts';
import type { ChangeSymptom, ChangeSymptoms } from '#model/changes/change-symptoms.ts';
import { codeChangeOf } from '#model/changes/code-change.ts';
import { isEngineName, isOfDatabase } from '#model/changes/database-of-change.ts';
import { declaredFault } from '#model/changes/declared-faults.ts';
import { WEAK } from '#model/changes/effect.ts';
import { quotedToken, quotedVersion, replacedName } from '#model/changes/quoted-names.ts';
import type { WindowSubject } from '#model/finding/analysis.ts';
import type { Diagnosis, Judgement } from '#model/finding/diagnosis.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { saysCallee } from '#model/logs/said-callees.ts';
import { isOfResources } from '#model/metrics/metric-names.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import { isUnchosen, type SeenRequest } from '#model/requests/seen-request.ts';
import { CHANGES_BEFORE_US } from '#model/requests/time-around.ts';
import type { DatabaseStatistics } from '#model/sql/database-statistics.ts';
import { codeWords, isCompound } from '#model/text/code-words.ts';
import type { Trace } from '#model/trace/trace.ts';
import { behind } from '#model/trace/views/behind.ts';
import { callee } from '#model/trace/views/call-numbers.ts';
import { callAbove } from '#model/trace/views/entry.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';
import { operationName } from '#model/trace/views/operation-name.ts';
import { serviceGraph } from '#model/trace/views/service-graph.ts';
import { storesAsked } from '#model/trace/views/stores-asked.ts';

export type ChangeEvidence = Readonly<{
  window: WindowSubject;
  /** Requests of the window. */
  traces: readonly Trace[];
  healthyTraces: readonly Trace[];
  seen: readonly SeenRequest[];
  healthySeen: readonly SeenRequest[];
  logs: readonly LogLine[];
  baselineLogs: readonly LogLine[] | undefined;
  changes: readonly Change[];
  series: readonly Series[];
  platform: Platform | undefined;
  databases: readonly DatabaseStatistics[] | undefined;
}>;

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
  const dated = onsetUsOf([first, ...judgement.findings], evidence) ?? firstSignUs(first, evidence);
  // An unknown onset may be anywhere in the window.
  const onsetUs = dated ?? sinceUs ?? window.toUs;
  const { services, machines, databases: asked } = shownBy === undefined ? NOTHING : behind(shownBy);
  // A store without a name of its own goes by its kind.
  const databases = [...asked, ...services.filter(isEngineName)];
  const asking = askingMoreOf(first, shownBy, evidence);
  const seen = { first, symptom: judgement.symptom.kind, nearLines: logs, baselineLogs };
  const shown = symptomsBy(shownBy, seen, onsetUs);
  const near = new Set([
    ...nearOf(first, shownBy, changes, [...evidence.healthyTraces, ...evidence.traces]),
    ...asking,
    ...quoting(changes, shown),
    ...filling(changes, shown),
    ...emptying(changes, first),
    ...takingNodes(changes, first),
    ...hit(changes, first, shownBy),
    ...hostsOf(first, shownBy),
    ...namespacesOf(first, evidence),
    ...silentParts(shown, evidence),
    ...naming(changes, shown, first.service),
    ...signing(changes, shown),
  ]);
  const versions = versionsIn(evidence);
  const guilty = guiltyReleases({ changes, ...versions }, thresholdsOf(suspectChange));
  const blamed = guilty.map(({ change }) => change.service);
  const keys = new Set([first.service, ...services, ...machines, ...near, ...blamed].map(serviceKey));
  const spared = sparedBy(first, evidence);
  const isOfNode = judgement.diagnosis.kind === 'node';
  const isOfOneZone = isOfZone(judgement);
  const considered = linkedChanges(changes.filter((change) => !spared.has(change))).filter(
    ({ service, kind, atUs, files }) =>
      !(isOfNode && ON_ALL_NODES.has(kind)) &&
      !(isOfOneZone && OF_ONE_SERVICE.has(kind)) &&
      atUs >= onsetUs - CHANGES_BEFORE_US &&
      atUs <= window.toUs &&
      (service === '' ||
        keys.has(serviceKey(service)) ||
        isOfDatabase({ service, kind }, databases) ||
        isOfResolver({ service, files })),
  );
  const isNewCall = newlyAsked(first.service, evidence.traces, evidence.healthyTraces).size > 0;
  const kinds = withKind(withKind(shown.kinds, 'many-calls', asking.size > 0), 'new-call', isNewCall);
  const symptoms: ChangeSymptoms = {
    ...shown,
    databases,
    kinds: withKind(kinds, 'stopped', lacksPods(first, judgement.findings)),
    onsetUs,
    untilUs: Math.max(
      handledUs(onsetUs, first, evidence.traces),
      latestUs(onsetUs, evidence),
      scrapedUs(onsetUs, [first, ...judgement.findings]),
    ),
    near,
    isDated: dated !== undefined,
    isSure: isSure(judgement.diagnosis),
    isOutside: isOutside(first, shown) || failedOutside(shownBy, evidence.traces),
    isWaiting: first.facts.isWaiting === true,
    announced: announcedBy(first.service, changes),
    trait: sharedTrait(shown, judgement),
    guilty,
  };
  const notCalled = symptoms.notCalled || String(first.facts.notCalled ?? '');
  const intended = intendedRemoval({ ...symptoms, notCalled }, considered) ?? intendedDowntime(symptoms, considered);
  if (intended !== undefined) return asIntended(judgement, intended);
  const { service, fromUs, toUs } = window;
  const fitting = symptoms.isSure || !isOfLines(first) ? considered : doing(considered, symptoms);
  const at = { window: { service, fromUs, toUs }, changes: fitting, symptoms };
  const { findings, ran } = look([suspectChange], { ...at, ...versions });
  const [change = ofSharedStore(look, { symptoms, shownBy, first }, evidence)] = findings;
  if (change !== undefined) return withChange(judgement, change, ran);
  const { diagnosis } = judgement;
  return { ...judgement, diagnosis: { ...diagnosis, ruledOut: [...diagnosis.ruledOut, ...ran.cleared] } };
}

/** Strangers attack it, the registry of its image fails, or another host is gone: the time of a release says nothing. */
function isOutside({ detector, facts }: Finding, { complaint }: ChangeSymptoms): boolean {
  const isAttack = detector === bruteForce.id;
  return isAttack || NOT_OF_IMAGE.has(String(facts.failure)) || NOBODY_LISTENS.test(complaint?.text ?? '');
}

/** All services in one zone suffer. */
function isOfZone({ findings: [first] }: Judgement): boolean {
  return first?.detector === knownDetectors(detectors).named('sick-zone').id && first.facts.value === undefined;
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
  { window, traces, healthyTraces, platform, databases, changes }: ChangeEvidence,
): Finding | undefined {
  if (shownBy === undefined) return undefined;
  const { service, fromUs, toUs } = window;
  const known = changes.filter(({ atUs }) => atUs >= symptoms.onsetUs - CHANGES_BEFORE_US && atUs <= toUs);
  const uses = () => storeUses([...traces, ...healthyTraces], platform, databases);
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

/** Pods of the service do not start, whatever leads the verdict. */
function lacksPods({ service }: Finding, findings: readonly Finding[]): boolean {
  const own = findings.filter((one) => serviceKey(one.service) === serviceKey(service));
  return own.some(({ detector }) => detector === podPending.id || detector === quotaExceeded.id);
}

function withKind(kinds: ChangeSymptoms['kinds'], kind: ChangeSymptom, isThere: boolean): ChangeSymptoms['kinds'] {
  return isThere ? new Set([...kinds, kind]) : kinds;
}

/** Single requests may name the cause, and all of them together whom it affects. */
function sharedTrait({ trait }: ChangeSymptoms, { findings: [first] }: Judgement): string {
  return trait || (first === undefined ? '' : traitOf(first));
}

/** Texts of all known changes of the service, however old, but of no flags. */
function announcedBy(service: string, changes: readonly Change[]): readonly string[] {
  return changes.flatMap((one) => (one.kind !== 'flag' && one.service === service ? [one.text] : []));
}

/** Services whose change has a name that the failures repeat, and those that the failures name as what they called. */
function quoting(changes: readonly Change[], { complaint }: ChangeSymptoms): readonly string[] {
  const said = complaint?.text ?? '';
  const isSaid = (change: Change) =>
    quotedToken(change, complaint) !== '' ||
    quotedVersion(change, complaint) !== '' ||
    replacedName(change.diff, complaint) !== undefined ||
    saysCallee(said, change.service) ||
    saysHolder(said, change.service);
  return changes.flatMap((change) => (change.service !== '' && isSaid(change) ? [change.service] : []));
}

/**
 * A proxy, a broker or a store whose name the failures say, and whoever changed something of the service at fault: where
 * the change does just what the failures say.
 */
function naming(changes: readonly Change[], symptoms: ChangeSymptoms, service: string): readonly string[] {
  const said = wordsOf(symptoms.complaint?.text ?? '');
  return changes.flatMap((change) => {
    const isNamed =
      isWordOf(said, change.service) ||
      isWordOf(wordsOf(change.text.toLowerCase()), service) ||
      namesUser(change, symptoms.complaint?.text ?? '');
    return change.service !== '' && isNamed && doesWhatFails(symptoms, change) ? [change.service] : [];
  });
}

/** Whose login a store refuses: PostgreSQL, MySQL, SQL Server, MongoDB, Redis, Oracle. */
const REFUSED_USER =
  /\b(?:login failed|access denied|authentication failed|wrongpass)\b.{0,40}?\b(?:for )?(?:user|role|account)(?: name)?[ :=]{1,3}["'`]?([a-z_][\w.-]{3,60})/;

/** The password of a store's user belongs to no service: the change names the user whose login fails. */
function namesUser({ text }: Change, said: string): boolean {
  const [, user = ''] = REFUSED_USER.exec(said) ?? [];
  const at = user === '' ? -1 : text.toLowerCase().indexOf(user);
  return at >= 0 && !/[a-z\d]/.test(text.toLowerCase()[at - 1] ?? ' ') && !/\w/.test(text[at + user.length] ?? ' ');
}

/** Whoever checks a signature needs the key of who signs, and calls him for nothing else. */
function signing(changes: readonly Change[], symptoms: ChangeSymptoms): readonly string[] {
  if (!OF_SIGNATURES.test(symptoms.complaint?.text ?? '')) return [];
  return changes.flatMap((change) => {
    const isOfSigner = change.service !== '' && SIGNS.test(`${change.text} ${change.diff}`);
    return isOfSigner && doesWhatFails(symptoms, change) ? [change.service] : [];
  });
}

const SIGNS = /\bsigning[ _-]?(?:key|cert\w{0,8})s?\b|\bjwks?\b|\bkid\b/i;
/** JSON Web Tokens (RFC 7515, RFC 7517), as libraries refuse them. */
const OF_SIGNATURES = /\bjwt\b|\bjwks?\b|\bkid\b|\btoken\b.{0,60}\bsignature\b|\bsignature\b.{0,60}\btoken\b/;

/** The failures say just what the change does. */
function doesWhatFails(symptoms: ChangeSymptoms, change: Change): boolean {
  return mechanismOf(symptoms, change, codeChangeOf(change))?.isOfCause === true;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[\w-]+/g));
}

function isWordOf(words: ReadonlySet<string>, name: string): boolean {
  return name.length >= SHORTEST_NAME && words.has(name.toLowerCase());
}

/** What stands before the name of who holds a lock or a session: Oracle, PostgreSQL, SQL Server, MySQL. */
const BEFORE_HOLDER =
  /(?:\b(?:program(?:_name)?|module|application(?:_name)?|app_name|blocker|holder|blocked by|held by|blocking (?:session|process|query) of))["']?\s{0,3}[:=]?\s{0,3}["'(]?$/;
const LONGEST_BEFORE = 40;

/** Whether the text of the failures names this service as the holder of the lock or the session that they wait for. */
function saysHolder(said: string, service: string): boolean {
  const name = service.toLowerCase();
  if (name.length < SHORTEST_NAME) return false;
  for (let at = said.indexOf(name); at >= 0; at = said.indexOf(name, at + name.length)) {
    const isWhole = !/[\w-]/.test(said[at + name.length] ?? ' ');
    if (isWhole && BEFORE_HOLDER.test(said.slice(Math.max(0, at - LONGEST_BEFORE), at))) return true;
  }
  return false;
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

/** Changed services that the failure names: a call of a function has no spans of its own where it is refused. */
function namedBy({ operation, title }: Finding, changes: readonly Change[]): readonly string[] {
  const said = wordsOf(`${operation} ${title}`);
  return changes.flatMap(({ service }) => (service.length >= SHORTEST_NAME && said.has(service) ? [service] : []));
}

/** Services that are not at fault, but share or decide what is. */
function nearOf(
  first: Finding,
  shownBy: Trace | undefined,
  changes: readonly Change[],
  traces: readonly Trace[],
): ReadonlySet<string> {
  const ofRequest =
    shownBy === undefined ? [] : [...askingOf(behind(shownBy).databases, traces), ...answering(first, shownBy)];
  const sending = shownBy === undefined ? [] : publishing(first, shownBy, traces);
  return new Set([...ofRequest, ...sending, ...namedBy(first, changes), ...grown(changes, traces)]);
}

/** Services whose calls failed where the failure began: what they answer may be what the caller cannot use. */
function answering({ service }: Finding, trace: Trace): readonly string[] {
  const origins = errorOrigins(trace).flatMap(({ spans }) => spans.slice(0, 1));
  const calls = origins
    .filter((span) => trace.service(span) === service)
    .flatMap((span) => [span, ...trace.children(span)])
    .filter((span) => trace.isCall(span));
  const names = calls.flatMap((span) => [
    callee(trace, span),
    ...Array.from(trace.children(span), (one) => trace.service(one)),
  ]);
  return names.filter((name) => name !== '');
}

/** Services that publish what the service at fault consumes: they decide the form of its messages. */
function publishing({ service }: Finding, shownBy: Trace, traces: readonly Trace[]): readonly string[] {
  const consumed = new Set(
    destinationsIn(shownBy, (span) => shownBy.service(span) === service && !shownBy.isCall(span)),
  );
  if (consumed.size === 0) return [];
  return traces.flatMap((trace) =>
    Array.from({ length: trace.spanCount }, (_, span) => span)
      .filter((span) => trace.isCall(span) && consumed.has(trace.text(span, 'messaging.destination.name')))
      .map((span) => trace.service(span)),
  );
}

function destinationsIn(trace: Trace, of: (span: number) => boolean): readonly string[] {
  return Array.from({ length: trace.spanCount }, (_, span) => span)
    .filter(of)
    .map((span) => trace.text(span, 'messaging.destination.name'))
    .filter((name) => name !== '');
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

/** Shorter names are words of every sentence. */
const SHORTEST_NAME = 4;

/** Services of the window's requests that have many more workers since a change: each of them opens connections. */
function grown(changes: readonly Change[], traces: readonly Trace[]): readonly string[] {
  return withMoreWorkers(changes).filter((name) => traces.some(({ services }) => services.includes(name)));
}

function withMoreWorkers(changes: readonly Change[]): readonly string[] {
  const more = changes.filter((change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind }) => kind === 'more-workers'),
  );
  return more.map(({ service }) => service);
}

/** PostgreSQL (SQLSTATE 53300), MySQL (1040, 1203), Oracle (ORA-12516, ORA-00018), Redis, MongoDB. */
const SERVER_IS_FULL =
  /too many (?:clients already|connections)|remaining connection slots|max number of clients reached|max_user_connections|connection refused because too many open connections|ora-(?:12516|00018)/;

/** A server counts the connections of all its clients, and a worker that answers no request has no spans. */
function filling(changes: readonly Change[], { complaint }: ChangeSymptoms): readonly string[] {
  return SERVER_IS_FULL.test(complaint?.text ?? '') ? withMoreWorkers(changes) : [];
}

/** Metrics of a cache do not show who looks up in it: whoever changes its keys, or how long they live, makes it miss. */
function emptying(changes: readonly Change[], { detector, facts }: Finding): readonly string[] {
  if (detector !== cacheStampede.id || facts.metric === undefined) return [];
  const does = (change: Change) =>
    effectsOf(change, codeChangeOf(change)).some(({ kind, strength }) => OF_CACHES.has(kind) && strength > WEAK);
  return changes.filter(does).map(({ service }) => service);
}

const OF_CACHES: ReadonlySet<string> = new Set(['other-cache-keys', 'shorter-lived-cache', 'cache-gone', 'cold-cache']);

/** Stores that the service at fault asks, by their hosts, and that an experiment hits. */
function hit(changes: readonly Change[], { service: asking }: Finding, shownBy: Trace | undefined): readonly string[] {
  if (shownBy === undefined) return [];
  const hosts = new Set(storesAsked(shownBy).flatMap(({ service, host }) => (service === asking ? [host] : [])));
  const targets = linkedChanges(changes).filter((change) => (declaredFault(change) ?? []).length > 0);
  return targets.flatMap(({ service }) => (service !== '' && hosts.has(service.toLowerCase()) ? [service] : []));
}

/** Stores that the service at fault asks, by their hosts: a pooler or a server has changes of its own. */
function hostsOf({ service: asking }: Finding, shownBy: Trace | undefined): readonly string[] {
  const stores = shownBy === undefined ? [] : storesAsked(shownBy);
  return stores.flatMap(({ service, host }) => (service === asking && NAMED_HOST.test(host) ? [host] : []));
}

const NAMED_HOST = /^[a-z][a-z\d-]{3,62}$/;

/** A network policy, a quota or a limit of a namespace has its name and holds for all services in it. */
function namespacesOf({ service }: Finding, { logs, platform }: ChangeEvidence): readonly string[] {
  const key = serviceKey(service);
  const ofPods = (platform?.pods ?? []).filter(({ services }) => services.some((name) => serviceKey(name) === key));
  const ofLines = logs.filter((line) => serviceKey(line.service) === key).slice(0, LINES_READ);
  const said = ofLines.map(({ labels }) => labels.namespace ?? labels.k8s_namespace_name ?? '');
  return [...new Set([...ofPods.map(({ namespace }) => namespace), ...said])].filter((name) => !OF_ALL.test(name));
}

/** All lines of a service have the same one. */
const LINES_READ = 20;
/** They say nothing about what runs in them. */
const OF_ALL = /^(?:|default|prod|production|staging|apps?|services?)$/;

/**
 * Lines alone do not show which store, proxy or broker is asked, and it often records none itself. Its setting, or
 * a migration of it, is considered where it does just what the failures say.
 */
function silentParts(
  symptoms: ChangeSymptoms,
  { changes, traces, logs, baselineLogs = [] }: ChangeEvidence,
): readonly string[] {
  if (traces.length > 0) return [];
  const names = new Set([...logs, ...baselineLogs].map(({ service }) => service));
  const recording = new Set([...names].map(serviceKey));
  return changes.flatMap((change) => {
    const isSilent = OF_STORES.has(change.kind) && change.service !== '' && !recording.has(serviceKey(change.service));
    return isSilent && doesWhatFails(symptoms, change) ? [change.service] : [];
  });
}

const OF_STORES: ReadonlySet<Change['kind']> = new Set(['config', 'migration']);

/** Words that each experiment on nodes has. */
const OF_NODES = /^(?:nodes?|pools?|nodepool|instances?|all|mode|role|tags?|target|aws|ec2|terminate|selection)$/;

/** Pods wait for a node of a kind that an experiment took away: both name it. */
function takingNodes(changes: readonly Change[], { detector, title }: Finding): readonly string[] {
  if (detector !== podPending.id) return [];
  const said = new Set(codeWords(title));
  return linkedChanges(changes).flatMap((change) => {
    const isTaking = declaredFault(change)?.some(({ kind }) => kind === 'nodes-gone') === true;
    const words = codeWords(`${change.service} ${change.text}`).filter((word) => !isCompound(word));
    return isTaking && words.some((word) => !OF_NODES.test(word) && said.has(word)) ? [change.service] : [];
  });
}

/** Services that ask one of these databases. */
function askingOf(databases: readonly string[], traces: readonly Trace[]): ReadonlySet<string> {
  const asking = new Set<string>();
  for (const trace of traces)
    for (let span = 0; span < trace.spanCount; span += 1)
      if (trace.isDatabaseCall(span) && databases.includes(trace.text(span, 'db.namespace')))
        asking.add(trace.service(span));
  return asking;
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
  const times = (ofLines.length >= FEWEST_SIGNS ? ofLines : refusedAt(service, traces)).toSorted((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (times.length < FEWEST_SIGNS || first === undefined || last === undefined) return undefined;
  const distanceUs = (last - first) / (times.length - 1);
  return first - window.fromUs > Math.max(EDGE_US, QUIET_DISTANCES * distanceUs) ? first : undefined;
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
