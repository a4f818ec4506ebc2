/** Judges a time window: its requests against healthy ones, its lines, metrics, platform, databases and changes. */

import { noHealthGap } from '#analyse/healthy-traces.ts';
import type { JudgedRequests, RequestJudge } from '#analyse/judged-requests.ts';
import { logEvidence } from '#analyse/log-evidence.ts';
import type { Look } from '#analyse/look.ts';
import type { ChangeEvidence } from '#analyse/near-changes.ts';
import { requestIn } from '#analyse/request-in-window.ts';
import type { SessionSettings } from '#analyse/session.ts';
import type { WindowRequests } from '#analyse/window-requests.ts';
import { once } from '#core/memoize.ts';
import { titlesOf } from '#detect/known.ts';
import type { RunDetectors } from '#diagnose/finding-kinds.ts';
import { judgeLogs } from '#diagnose/judge-logs.ts';
import { judgeRequest } from '#diagnose/judge-request.ts';
import { withoutNamed } from '#diagnose/named-kinds.ts';
import { calledAsConfigured } from '#diagnose/severity.ts';
import { LIKELY } from '#diagnose/status.ts';
import type { databaseFindings } from '#diagnose/window/database-findings.ts';
import type { withFailures } from '#diagnose/window/failing-share.ts';
import type { JoinedJudgement } from '#diagnose/window/join-causes.ts';
import type { WindowEvidence } from '#diagnose/window/judge-window.ts';
import type { KeptVerdict } from '#diagnose/window/kept-verdict.ts';
import { modestVerdict } from '#diagnose/window/modest-verdict.ts';
import type { seeWindow } from '#diagnose/window/see-window.ts';
import { withSharedDeploys } from '#model/changes/shared-deploys.ts';
import type { ClusterSeen, DiagnosedWindow, WindowSubject } from '#model/finding/analysis.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Gap } from '#model/finding/gap.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { clockText } from '#model/logs/log-times.ts';
import { saidCalls } from '#model/logs/said-callees.ts';
import { clusterGaps, clusterSeen } from '#model/platform/cluster-seen.ts';
import type { Platform } from '#model/platform/platform.ts';
import type { Trace } from '#model/trace/trace.ts';

type Given = Readonly<{ [Kind in 'baselineLogs' | 'platform' | 'databases' | 'changes']: Evidence[Kind] | undefined }> &
  Readonly<{ logs: readonly LogLine[] }> &
  WindowRequests &
  Pick<Evidence, 'earlierLogs' | 'profiles'> &
  Pick<WindowEvidence, 'series'>;

/** `gaps` are those of its own detectors. */
export async function analyseWindow(
  look: Look,
  window: WindowSubject,
  given: Given,
  settings: SessionSettings,
  judgedRequests: RequestJudge,
): Promise<Analysed> {
  const own = await analyseOwn(look, window, given, settings, judgedRequests);
  const beside = own.judgement.diagnosis === undefined ? platformBeside(window, given) : undefined;
  if (beside === undefined) return own;
  const silent = { logs: [], baselineLogs: undefined, series: [], databases: undefined, earlierLogs: [] };
  const around = { ...given, ...silent, platform: beside };
  const all = await analyseOwn(look, { ...window, service: '' }, around, settings, judgedRequests);
  return foundBeside(own, all, window.service);
}

type Analysed = Omit<DiagnosedWindow, 'file' | 'queries'>;

/**
 * The objects in the namespaces of the service, where no request shows whom it needs: another service there may be what
 * it waits for. Undefined where there is nothing more to look at.
 */
function platformBeside({ service, requestId }: WindowSubject, { platform, requests }: Given): Platform | undefined {
  if (platform === undefined || service === '' || requestId !== undefined || requests.length > 0) return undefined;
  const key = serviceKey(service);
  const own = platform.pods.filter(({ services }) => services.some((name) => serviceKey(name) === key));
  const namespaces = new Set(own.map(({ namespace }) => namespace));
  if (own.length === 0) return undefined;
  return { ...platform, pods: platform.pods.filter(({ namespace }) => namespaces.has(namespace)) };
}

/** The service itself shows nothing wrong, and another one beside it does: that may be the reason, and may not. */
function foundBeside(own: Analysed, all: Analysed, service: string): Analysed {
  const { diagnosis } = all.judgement;
  if (diagnosis === undefined) return own;
  const confidence = Math.min(diagnosis.confidence, LIKELY - 0.01);
  const statusReason = `${service} itself shows nothing wrong, and nothing recorded shows whether it needs ${diagnosis.service}`;
  const findings = all.judgement.findings.map((one) => ({ ...one, confidence: Math.min(one.confidence, confidence) }));
  const open = { ...diagnosis, status: 'inconclusive' as const, confidence, statusReason };
  return { ...own, cluster: all.cluster, judgement: { ...all.judgement, findings, diagnosis: open } };
}

async function analyseOwn(
  look: Look,
  window: WindowSubject,
  { logs, baselineLogs: allBaselineLogs, series, platform, databases, earlierLogs, ...given }: Given,
  settings: SessionSettings,
  judgedRequests: RequestJudge,
): Promise<Analysed> {
  const { both, baselineLogs, part } = await withBetterPart(given, allBaselineLogs);
  const { requests: traces, healthyRequests: healthyTraces } = both;
  const changes = given.changes && withSharedDeploys(given.changes, servicesNamed(window, traces, logs));
  const bad = await badHealth(both);
  const healthyOnes = bad === undefined ? healthyTraces : [];
  const evidence = {
    // Detectors ignore requests that failed before as often; failures of an unhealthy window must not hide those of
    // this one.
    ...windowEvidence(window, {
      traces,
      healthyTraces: healthyOnes,
      series,
      profiles: given.profiles,
      platform,
      databases,
      changes,
      logs,
    }),
    ...logEvidence(logs.length > 0 ? logs : undefined, baselineLogs),
    earlierLogs,
  };
  const { detectors } = await import('#detect/registry.ts');
  const { checked, findings, ran, gaps } = look(detectors, evidence);
  const facts = { ...ran, service: window.service };
  const request = requestIn(window, logs);
  const isOfLogs = ({ detector, lines }: Finding) => ran.isOfLogs(detector) || lines !== undefined;
  const ofLines = judgeLogs(logs, findings.filter(isOfLogs), facts);
  const ofDatabases = databases === undefined ? [] : await foundByDatabases(databases, { ...window, traces }, ran);
  const seen = [...findings.filter((finding) => !isOfLogs(finding)), ...ofDatabases];
  const ofLogs = request?.request
    ? judgeRequest(ofLines, request.request.timeline, { ...facts, isAsked: window.requestId !== undefined })
    : ofLines;
  const areCompared = traces.length >= FEWEST_REQUESTS && healthyTraces.length >= FEWEST_REQUESTS;
  const requests = areCompared ? { traces, healthyTraces } : { traces: [], healthyTraces: [] };
  const found = { logs, healthyLogs: baselineLogs ?? [], series, seen, detectors: ran };
  const { judgement, lacks } =
    areCompared || series.length > 0 || seen.length > 0 || (await isSharedPartSick(window, { ...found, platform }))
      ? await judgedAsWindow({ ...window, ...requests, ...found, platform }, ofLogs)
      : { judgement: ofLogs, lacks: [] };
  const failing = {
    window,
    traces,
    seen: both.seen,
    healthySeen: bad === undefined ? both.healthySeen : [],
    logs,
    series,
    detectors: ran,
  };
  // Also of a bad time: what was there before is not new.
  const beside = areCompared ? healthyTraces : [];
  const asRequests = once(() =>
    judgedRequests({ requests: traces, healthyRequests: beside, chosen: both.chosen, logs }),
  );
  const compared = { traces, healthyTraces: beside, logs, healthyLogs: found.healthyLogs, changes };
  const joined = await joinedWith(judgement, window, asRequests, compared, ran);
  const { seen: seenRequests, healthySeen } = both;
  const requestsSeen = { traces, healthyTraces: beside, seen: seenRequests, healthySeen };
  const behind = await withChangeBehind(look, joined, {
    window,
    ...requestsSeen,
    logs,
    baselineLogs,
    changes,
    series,
    platform,
    databases,
  });
  const modest = modestVerdict(
    await withFailuresOf(behind, failing, found.healthyLogs),
    { ...window, areCompared, changes },
    ran,
  );
  const { judgement: named, shownBy } = await keptOf({ ...joined, judgement: modest }, window, asRequests, beside);
  const ofCluster = clusterIn(platform, { window, requests: traces, healthyRequests: healthyTraces }, named);
  return {
    trace: undefined,
    ...(areCompared ? await seenOf(window, { ...both, changes }, named.diagnosis) : { window, seen: undefined }),
    logs,
    ...(request === undefined ? { request, correlation: undefined } : request),
    shownBy: shownBy?.traceId,
    comparedWithBad: areCompared ? bad : undefined,
    requests: requests.traces.length,
    healthyRequests: requests.healthyTraces.length,
    cluster: ofCluster.cluster,
    judgement: calledAsConfigured(withoutNamed(named, ran), settings.severities),
    checked,
    titles: titlesOf(detectors),
    gaps: [...lacks, ...noHealth(window, bad), ...part, ...ofCluster.gaps, ...gaps],
    links: settings.links,
  };
}

/**
 * Compares only with the part of the baseline that stands for health, where the rest does not; the gap says so. Loaded on
 * demand: most baselines are healthy.
 */
async function withBetterPart(
  both: WindowRequests,
  baselineLogs: readonly LogLine[] | undefined,
): Promise<Readonly<{ both: WindowRequests; baselineLogs: readonly LogLine[] | undefined; part: readonly Gap[] }>> {
  const bad = await badHealth(both);
  if (bad === undefined) return { both, baselineLogs, part: [] };
  const { betterPart, isInPart } = await import('#diagnose/window/better-part.ts');
  const part = betterPart(both.healthySeen, FEWEST_REQUESTS);
  if (part === undefined) return { both, baselineLogs, part: [] };
  const { fromUs, toUs, requests, of } = part;
  const clock = (us: number) => clockText(`${Math.round(us)}000`);
  const consequence = `only its better part was compared: ${requests} of the ${of} requests, from ${clock(fromUs)} to ${clock(toUs)}`;
  return {
    both: {
      ...both,
      healthyRequests: both.healthyRequests.filter(({ startEpochUs }) => isInPart(startEpochUs, part)),
      healthySeen: both.healthySeen.filter(({ startUs }) => isInPart(startUs, part)),
    },
    baselineLogs: baselineLogs?.filter((line) => isInPart(epochUsOf(line), part)),
    part: [{ source: 'health', problem: bad, consequence }],
  };
}

/** `10 of the 40 requests of the healthy time window failed`; undefined if they are healthy. */
async function badHealth({ healthySeen }: Pick<WindowRequests, 'healthySeen'>): Promise<string | undefined> {
  if (healthySeen.length === 0) return undefined;
  const { failuresAmong, isNoHealth } = await import('#model/requests/failing-requests.ts');
  const failures = failuresAmong(healthySeen);
  const { times, of } = failures;
  return isNoHealth(failures) ? `${times} of the ${of} requests of the healthy time window failed` : undefined;
}

function noHealth({ unhealthy }: WindowSubject, bad: string | undefined): Gap[] {
  if (unhealthy !== undefined) return [noHealthGap(unhealthy)];
  if (bad === undefined) return [];
  const consequence =
    'failures were counted without a comparison; calls that are slow in both time windows do not show';
  return [{ source: 'health', problem: bad, consequence }];
}

/** The judgement of one request does not apply to the whole window. */
function windowEvidence(
  { requestId, service, fromUs, toUs, onset }: WindowSubject,
  {
    traces,
    healthyTraces,
    series,
    profiles,
    platform,
    databases,
    changes,
    logs,
  }: Pick<WindowEvidence, 'traces' | 'healthyTraces' | 'series' | 'logs'> &
    Readonly<{ [Kind in 'platform' | 'databases' | 'changes']: Evidence[Kind] | undefined }> &
    Pick<Evidence, 'profiles'>,
): Partial<Evidence> {
  if (requestId !== undefined) return {};
  return {
    window: { service, fromUs, toUs, onsetUs: onset?.atUs, called: calledIn(logs, platform) },
    ...(traces.length > 0 && { requests: traces }),
    ...(healthyTraces.length > 0 && { healthyRequests: healthyTraces }),
    ...(series.length > 0 && { metrics: series }),
    ...(profiles.length > 0 && { profiles }),
    ...(platform && { platform }),
    ...(databases && { databases }),
    ...(changes && { changes }),
  };
}

/** Services with pods that failing lines name as what they called: without requests, nothing else shows who waits for whom. */
function calledIn(logs: readonly LogLine[], platform: Platform | undefined): readonly string[] {
  if (platform === undefined) return [];
  const names = new Set(platform.pods.flatMap(({ services }) => services));
  return [...new Set(saidCalls(logs, names).map(({ callee }) => callee))];
}

export function servicesNamed(
  { service }: WindowSubject,
  requests: readonly Trace[],
  lines: readonly LogLine[],
): readonly string[] {
  const named = new Set([
    service,
    ...requests.flatMap(({ services }) => services),
    ...lines.map((line) => line.service),
  ]);
  named.delete('');
  return [...named];
}

/** Loaded on demand: one trace, or a log, needs no statistics. */
async function judgedAsWindow(
  evidence: WindowEvidence,
  ofLogs: Judgement,
): Promise<Readonly<{ judgement: Judgement; lacks: readonly Gap[] }>> {
  const { judgeWindow } = await import('#diagnose/window/judge-window.ts');
  const { missingSignals } = await import('#diagnose/window/missing-signals.ts');
  return { judgement: judgeWindow(evidence, ofLogs), lacks: missingSignals(evidence) };
}

/** The state of the cluster in a time window; one request says nothing about it. */
function clusterIn(
  platform: Platform | undefined,
  asked: Readonly<Omit<Parameters<typeof clusterSeen>[0], 'platform' | 'window'> & { window: WindowSubject }>,
  { diagnosis }: Pick<Judgement, 'diagnosis'>,
): Readonly<{ cluster: ClusterSeen | undefined; gaps: readonly Gap[] }> {
  if (platform === undefined || asked.window.requestId !== undefined) return { cluster: undefined, gaps: [] };
  const cluster = clusterSeen({ ...asked, platform });
  return { cluster, gaps: clusterGaps(cluster, platform, diagnosis !== undefined) };
}

/** Whether its pods alone show a faulty machine, or its lines alone a faulty resolver. Loaded on demand. */
async function isSharedPartSick(
  window: WindowSubject,
  { platform, logs, healthyLogs }: Pick<WindowEvidence, 'logs' | 'healthyLogs' | 'platform'>,
): Promise<boolean> {
  if (window.requestId !== undefined) return false;
  const { sickResolver } = await import('#diagnose/window/sick-resolver.ts');
  if (sickResolver(healthyLogs, logs) !== undefined) return true;
  const { sickNode } = await import('#diagnose/window/sick-nodes.ts');
  return sickNode({ ...window, platform, logs, healthyLogs, traces: [], healthyTraces: [] }) !== undefined;
}

/** What single requests name belongs to the judgement of all of them. Loaded on demand. */
async function joinedWith(
  together: Judgement,
  { requestId }: WindowSubject,
  judged: () => JudgedRequests,
  {
    traces,
    healthyTraces,
    logs,
    healthyLogs,
    changes = [],
  }: Pick<WindowEvidence, 'traces' | 'healthyTraces' | 'logs' | 'healthyLogs'> &
    Readonly<{ changes: ChangeEvidence['changes'] | undefined }>,
  ran: RunDetectors,
): Promise<JoinedJudgement> {
  if (requestId !== undefined) return { judgement: together, cause: undefined };
  const { requestCauses } = await import('#diagnose/window/request-causes.ts');
  const { joinCauses } = await import('#diagnose/window/join-causes.ts');
  const { askingMore, repeatingMore } = await import('#diagnose/window/asking-more.ts');
  const asking = askingMore(together.diagnosis?.service ?? '', traces, healthyTraces);
  const causes = requestCauses(judged(), healthyTraces, ran);
  const { judgement, cause } = joinCauses(together, causes, ran, asking, repeatingMore(asking, changes));
  const { withLimitBehind } = await import('#diagnose/window/limit-behind.ts');
  const { withStrainBehind } = await import('#diagnose/window/strain-behind.ts');
  const limited = withLimitBehind(judgement, { traces, logs, healthyLogs, detectors: ran });
  return { judgement: withStrainBehind(limited, traces), cause };
}

/** Loaded on demand: only where all requests together show nothing for sure. */
async function keptOf(
  { judgement, cause }: JoinedJudgement,
  { requestId }: WindowSubject,
  judged: () => JudgedRequests,
  healthyTraces: readonly Trace[],
): Promise<KeptVerdict> {
  const known = { judgement, shownBy: cause?.shownBy };
  if (requestId !== undefined || (judgement.diagnosis?.status ?? 'inconclusive') !== 'inconclusive') return known;
  const { keptVerdict } = await import('#diagnose/window/kept-verdict.ts');
  const kept = keptVerdict(judgement, judged(), healthyTraces);
  return kept.shownBy === undefined ? { ...known, judgement: kept.judgement } : kept;
}

/** A change that fits what single requests name. Loaded on demand. */
async function withChangeBehind(
  look: Look,
  { judgement, cause }: JoinedJudgement,
  evidence: Omit<ChangeEvidence, 'changes'> & Readonly<{ changes: ChangeEvidence['changes'] | undefined }>,
): Promise<Judgement> {
  const { changes, window } = evidence;
  if (changes === undefined || changes.length === 0 || window.requestId !== undefined) return judgement;
  if (judgement.diagnosis === undefined || judgement.diagnosis.change !== undefined) return judgement;
  const { changeBehindCause } = await import('#analyse/change-behind-cause.ts');
  return changeBehindCause(look, judgement, cause, { ...evidence, changes });
}

/** Failures that nothing explains, or the limit that lines report below them. Loaded on demand. */
async function withFailuresOf(
  judgement: Judgement,
  failing: Parameters<typeof withFailures>[1],
  healthyLogs: readonly LogLine[],
): Promise<Judgement> {
  const { withFailures } = await import('#diagnose/window/failing-share.ts');
  const told = withFailures(judgement, failing);
  if (told === judgement) return judgement;
  const { withLimitBehind } = await import('#diagnose/window/limit-behind.ts');
  return withLimitBehind(told, { ...failing, healthyLogs });
}

/** Loaded on demand. */
async function foundByDatabases(...told: Parameters<typeof databaseFindings>): Promise<readonly Finding[]> {
  const { databaseFindings } = await import('#diagnose/window/database-findings.ts');
  return databaseFindings(...told);
}

/** Loaded on demand. */
async function seenOf(...seen: Parameters<typeof seeWindow>): Promise<ReturnType<typeof seeWindow>> {
  const { seeWindow } = await import('#diagnose/window/see-window.ts');
  return seeWindow(...seen);
}

/** With fewer requests on either side, no comparison is possible. */
const FEWEST_REQUESTS = 10;
