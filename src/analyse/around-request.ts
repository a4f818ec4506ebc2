/**
 * What happened around one request: metrics, pods and changes of the services that may be behind its problem. Loaded
 * only where there is such evidence.
 */
import type { Look } from '#analyse/look.ts';
import { isNamed, saidServices, servicesOfHosts, silentCallees } from '#analyse/said-changes.ts';
import { sharedStoreChange } from '#analyse/shared-store-change.ts';
import { once } from '#core/memoize.ts';
import { suspectChange } from '#detect/changes/suspect-change.ts';
import type { Detector } from '#detect/detector.ts';
import { knownDetectors } from '#detect/known.ts';
import { memoryLeak } from '#detect/metrics/memory-leak.ts';
import { metricAnomaly } from '#detect/metrics/metric-anomaly.ts';
import { resourceSaturation } from '#detect/metrics/resource-saturation.ts';
import { autoscalerStuck } from '#detect/platform/autoscaler-stuck.ts';
import { certificateExpired } from '#detect/platform/certificate-expired.ts';
import { crashLoop } from '#detect/platform/crash-loop.ts';
import { imagePull } from '#detect/platform/image-pull.ts';
import { nodeTrouble } from '#detect/platform/node-trouble.ts';
import { notReady } from '#detect/platform/not-ready.ts';
import { oomKilled } from '#detect/platform/oom-killed.ts';
import { podPending } from '#detect/platform/pod-pending.ts';
import { quotaExceeded } from '#detect/platform/quota-exceeded.ts';
import { serviceWithoutEndpoints } from '#detect/platform/service-without-endpoints.ts';
import { workloadScaledToZero } from '#detect/platform/workload-scaled-to-zero.ts';
import { detectors } from '#detect/registry.ts';
import { storeUses } from '#detect/signs/suspicion/store-changes.ts';
import { requestSymptoms } from '#detect/signs/symptoms/request-symptoms.ts';
import { withChange } from '#diagnose/change-behind.ts';
import { shownChanges } from '#diagnose/change-role.ts';
import type { RunDetectors } from '#diagnose/finding-kinds.ts';
import { judgeAround } from '#diagnose/judge-around.ts';
import { withoutNamed } from '#diagnose/named-kinds.ts';
import { withRefusal } from '#diagnose/refused-by-change.ts';
import { behindBreaker } from '#diagnose/rules/behind-breaker.ts';
import { appliedChanges } from '#model/changes/applied-changes.ts';
import type { Change } from '#model/changes/change.ts';
import { isOfDatabase } from '#model/changes/database-of-change.ts';
import type { Checked, RequestChange } from '#model/finding/analysis.ts';
import type { Judgement } from '#model/finding/diagnosis.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import type { Finding } from '#model/finding/finding.ts';
import type { Gap } from '#model/finding/gap.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import type { Profile } from '#model/metrics/hot-functions.ts';
import { measured } from '#model/metrics/measured.ts';
import { poolLevels } from '#model/metrics/pool-levels.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import { changesWith } from '#model/platform/platform-changes.ts';
import { CHANGES_BEFORE_REQUEST_US, METRICS_AROUND_US, NAMED_BEFORE_REQUEST_US } from '#model/requests/time-around.ts';
import type { Trace } from '#model/trace/trace.ts';
import { behind } from '#model/trace/views/behind.ts';

/** Undefined where no source was asked. */
export type AroundEvidence = Readonly<{
  series: readonly Series[];
  profiles?: readonly Profile[];
  platform: Platform | undefined;
  changes: readonly Change[] | undefined;
  /** All lines of the session, whatever their request. */
  lines: readonly LogLine[];
  /** Further requests at hand, healthy ones included: they show who uses which store. */
  requests?: readonly Trace[] | undefined;
}>;

export type Around = Readonly<{
  /** All detectors, for the names of those that it adds. */
  detectors: readonly Detector[];
  /** For detectors of the request: its own metrics say how full its pools were. */
  pools: Evidence['pools'] | undefined;
  /** What the processors did at that time. */
  profiles: Evidence['profiles'];
  judged(look: Look, request: JudgedRequest): JudgedAround;
}>;

export type JudgedRequest = Readonly<{
  evidence: Readonly<{ trace: Trace }> & Partial<Evidence>;
  judgement: Judgement;
  checked: Checked;
}>;

export type JudgedAround = Readonly<{
  judgement: Judgement;
  checked: Checked;
  gaps: readonly Gap[];
  /** The changes that were considered, in order of time. */
  changes: readonly RequestChange[];
}>;

export function around({ series, profiles = [], platform, changes, lines, requests = [] }: AroundEvidence): Around {
  const pools = series.length === 0 ? undefined : poolLevels(series);
  return {
    detectors,
    pools: pools === undefined || pools.length === 0 ? undefined : pools,
    profiles,
    judged(look, { evidence, judgement, checked }) {
      const { trace } = evidence;
      if (judgement.diagnosis === undefined) return refusedAround({ trace, judgement, checked }, { changes, lines });
      const isBehind = behindTest(trace, judgement.diagnosis.service);
      const considered = consideredChanges(changesWith(changes, platform, [...isBehind.services]), trace, isBehind);
      const seen = look(OF_THE_TIME, timeEvidence({ series, platform }, evidence, { judgement, isBehind, considered }));
      const found = seen.findings.filter((finding) => isBehind.ofFinding(finding));
      const ran: RunDetectors = { ...knownDetectors(detectors), cleared: [] };
      const joined = behindBreaker(judgeAround(trace, judgement, found, ran), trace, lines);
      const [first] = joined.findings;
      const earlier = before(changes, trace);
      const toExplain = once(() => changeEvidence({ ...evidence, nearLines: near(lines, trace) }, joined));
      const looked =
        considered === undefined
          ? undefined
          : look(OF_CHANGES, withSaid(toExplain(), { considered, earlier, isBehind, changes, first, trace }));
      const ofStore = () => {
        if (first === undefined) return undefined;
        const uses = () => storeUses([trace, ...requests], platform, evidence.databases);
        return sharedStoreChange(look, toExplain(), { trace, first, changes: earlier, uses });
      };
      const [change = ofStore()] = looked?.findings ?? [];
      const named = change === undefined ? joined : withChange(joined, change, ran);
      const cleared = [...seen.ran.cleared, ...(looked?.ran.cleared ?? [])];
      return {
        judgement: withoutNamed(withCleared(named, cleared), ran),
        checked: [seen.checked, ...(looked ? [looked.checked] : [])].reduce(checkedTogether, checked),
        gaps: [...seen.gaps, ...(looked?.gaps ?? [])],
        changes: nearestChanges(withCulprit(considered ?? [], changes, named), named),
      };
    },
  };
}

/** Nothing is wrong with the services, or a change made the limit or the rule by which one of them refused the request. */
function refusedAround(
  { trace, judgement, checked }: Pick<JudgedRequest, 'judgement' | 'checked'> & Readonly<{ trace: Trace }>,
  { changes, lines }: Pick<AroundEvidence, 'changes' | 'lines'>,
): JudgedAround {
  const earlier = before(changes, trace);
  const of = { trace, lines: near(lines, trace), changes: earlier };
  const refused = withRefusal(judgement, of, { ...knownDetectors(detectors), cleared: [] });
  return {
    judgement: refused,
    checked,
    gaps: [],
    changes: refused === judgement ? [] : nearestChanges(earlier, refused),
  };
}

/** Detectors of windows that can speak of the time of one request. */
const OF_THE_TIME: readonly Detector[] = [
  autoscalerStuck,
  certificateExpired,
  crashLoop,
  imagePull,
  memoryLeak,
  metricAnomaly,
  nodeTrouble,
  notReady,
  oomKilled,
  podPending,
  quotaExceeded,
  resourceSaturation,
  serviceWithoutEndpoints,
  workloadScaledToZero,
];
const OF_CHANGES: readonly Detector[] = [suspectChange];

function windowOf(trace: Trace, service: string): Evidence['window'] {
  const fromUs = trace.startEpochUs;
  const toUs = fromUs + trace.durationUs;
  return { service, fromUs: fromUs - METRICS_AROUND_US, toUs: toUs + METRICS_AROUND_US };
}

type BehindTest = Readonly<{
  services: ReadonlySet<string>;
  test(one: Readonly<{ service: string; instance: string }>): boolean;
  ofFinding(finding: Finding): boolean;
}>;

/** Whether something may be behind the request: a service on the way to its cause, or a machine of one. */
function behindTest(trace: Trace, cause: string): BehindTest {
  const { services, machines } = behind(trace);
  const all = new Set([cause, ...services].filter((name) => name !== ''));
  const keys = new Set([...all].map(serviceKey));
  const places = new Set(machines);
  const test: BehindTest['test'] = ({ service, instance }) =>
    (service !== '' && keys.has(serviceKey(service))) || places.has(instance) || places.has(service);
  return {
    services: all,
    test,
    ofFinding: ({ service, facts }) =>
      test({ service, instance: String(facts.instance ?? '') }) ||
      // The pods of a node, which is no service itself.
      String(facts.services ?? '')
        .split(', ')
        .some((other) => test({ service: other, instance: '' })),
  };
}

function consideredChanges(
  all: readonly Change[] | undefined,
  trace: Trace,
  { test }: BehindTest,
): readonly Change[] | undefined {
  const { databases } = behind(trace);
  return (
    all &&
    before(all, trace).filter(
      ({ service, kind }) =>
        service === '' || test({ service, instance: '' }) || isOfDatabase({ service, kind }, databases),
    )
  );
}

function before(
  changes: readonly Change[] = [],
  { startEpochUs, durationUs }: Trace,
  longestUs = CHANGES_BEFORE_REQUEST_US,
): readonly Change[] {
  return changes.filter(({ atUs }) => atUs <= startEpochUs + durationUs && atUs >= startEpochUs - longestUs);
}

/** The change at fault may be of a service that is not behind the request. */
function withCulprit(
  considered: readonly Change[],
  all: readonly Change[] = [],
  { diagnosis }: Judgement,
): readonly Change[] {
  const culprit = diagnosis?.change;
  const isCulprit = ({ id, atUs }: Change) => id === culprit?.id && atUs === culprit.atUs;
  return considered.some(isCulprit) ? considered : [...considered, ...all.filter(isCulprit)];
}

function timeEvidence(
  { series, platform }: Pick<AroundEvidence, 'series' | 'platform'>,
  { trace, logs }: JudgedRequest['evidence'],
  {
    judgement,
    isBehind,
    considered,
  }: Readonly<{ judgement: Judgement; isBehind: BehindTest; considered: readonly Change[] | undefined }>,
): Partial<Evidence> {
  // Metrics of others do not show that nothing was full here.
  const areOwn = measured(series).some((one) => isBehind.test(one));
  return {
    window: windowOf(trace, judgement.diagnosis?.service ?? ''),
    requests: [trace],
    ...(logs && { logs }),
    ...(areOwn && { metrics: series }),
    ...(platform && { platform }),
    ...(considered && { changes: considered }),
  };
}

function near(lines: readonly LogLine[], trace: Trace): readonly LogLine[] {
  const { fromUs, toUs } = windowOf(trace, '');
  return lines.filter((line) => epochUsOf(line) >= fromUs && epochUsOf(line) <= toUs);
}

type Weighed = Readonly<{
  considered: readonly Change[];
  /** All changes before the request. */
  earlier: readonly Change[];
  /** All changes, whenever they were made. */
  changes: readonly Change[] | undefined;
  isBehind: BehindTest;
  first: Finding | undefined;
  trace: Trace;
}>;

/** With the changes of services that the request does not show, where its failure names what they changed. */
function withSaid(
  evidence: Partial<Evidence>,
  { considered, earlier, changes, isBehind, first, trace }: Weighed,
): Partial<Evidence> {
  const { symptoms } = evidence;
  if (first === undefined || symptoms === undefined) return { ...evidence, changes: considered };
  const near = new Set([
    ...saidServices(earlier, symptoms),
    ...silentCallees(earlier, first, trace),
    ...servicesOfHosts(earlier, symptoms, first, trace),
  ]);
  const more = earlier.filter((change) => near.has(change.service) && !considered.includes(change));
  const older = before(changes, trace, NAMED_BEFORE_REQUEST_US).filter(
    (change) =>
      !earlier.includes(change) &&
      isBehind.test({ service: change.service, instance: '' }) &&
      isNamed(change, symptoms),
  );
  return { ...evidence, changes: [...considered, ...more, ...older], symptoms: { ...symptoms, near } };
}

/** What a change has to explain; without changes yet. */
function changeEvidence(
  {
    trace,
    logs = [],
    nearLines,
    baselineLogs = [],
  }: JudgedRequest['evidence'] & Readonly<{ nearLines: readonly LogLine[] }>,
  { diagnosis, findings: [first], symptom }: Judgement,
): Partial<Evidence> {
  if (diagnosis === undefined || first === undefined) return {};
  return {
    window: windowOf(trace, diagnosis.service),
    changes: [],
    symptoms: {
      ...requestSymptoms({ trace, first, symptom: symptom.kind, logs, nearLines, baselineLogs }),
      // A line of the request says it, whatever that did to the request.
      isSure: diagnosis.status !== 'inconclusive' || (first.lines !== undefined && first.spans.length === 0),
    },
  };
}

function withCleared(judgement: Judgement, cleared: RunDetectors['cleared']): Judgement {
  const { diagnosis } = judgement;
  if (diagnosis === undefined || cleared.length === 0) return judgement;
  return { ...judgement, diagnosis: { ...diagnosis, ruledOut: [...diagnosis.ruledOut, ...cleared] } };
}

/** Detectors without evidence are left out: nobody asks a window's question of one request. */
function checkedTogether(checked: Checked, more: Checked): Checked {
  return {
    found: [...checked.found, ...more.found],
    clear: [...checked.clear, ...more.clear],
    off: [...checked.off, ...more.off],
    skipped: checked.skipped,
    broken: [...checked.broken, ...more.broken],
  };
}

function nearestChanges(considered: readonly Change[], { diagnosis }: Judgement): readonly RequestChange[] {
  const shown = shownChanges(appliedChanges(considered), diagnosis);
  return shown.map(({ change: { atUs, kind, service, id, text }, role }) => {
    return { atUs, kind, service, id, text: text || id, role };
  });
}
