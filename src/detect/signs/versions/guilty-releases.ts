/**
 * Releases that something else than a comparison of both versions in the same minutes shows to be at fault: the state of the
 * cluster, the requests of others, or the time before against the time after.
 *
 *   pods       only those of the new version end, never become ready, or ask for more than a node has left, and those of the
 *              old one ran on
 *   forms      v1 ✗ InvalidClassException, v2 ✗ InvalidClassException    ← each reads what the other one wrote
 *   callers    web POST /pay ✗ ─ points v2 200         ← it cannot read what only the new version answers
 *              web POST /pay   ─ points v1 200
 *   lines      v1 ●●●●●●●●│ v2 ✗●✗✗●✗                  ← errors from its first lines on, after the old one fell silent
 */
import { MINUTE_US } from '#core/time-units.ts';
import { refusalsIn } from '#detect/signs/scheduling/unschedulable.ts';
import { type PodRelease, podReleases } from '#detect/signs/versions/pod-releases.ts';
import { familyKey, isRelease, ROLLING_US, releasesSeen } from '#detect/signs/versions/releases-seen.ts';
import { namesStore } from '#detect/signs/versions/shared-harm.ts';
import { readsOtherForm } from '#detect/signs/versions/stored-forms.ts';
import {
  byFamily,
  errorsOf,
  type FailLimits,
  failingAnswers,
  sightingsOf,
  type VersionAnswer,
  versionAnswers,
  versionLines,
  whileBothSpoke,
} from '#detect/signs/versions/version-counts.ts';
import type { GuiltyRelease } from '#model/changes/change-symptoms.ts';
import type { Evidence } from '#model/finding/evidence.ts';
import { shareText } from '#model/metrics/limited.ts';
import {
  type Container,
  conditionOf,
  type Platform,
  type PlatformEvent,
  type Pod,
  revisionsOf,
} from '#model/platform/platform.ts';
import { isReady } from '#model/platform/platform-pods.ts';
import { deviationsFor, differenceInterval, shareOf } from '#model/stats/proportion.ts';
import { callAbove, entryAbove } from '#model/trace/views/entry.ts';
import { errorOrigins } from '#model/trace/views/error-origins.ts';

type Seen = Pick<Evidence, 'changes'> &
  Partial<Pick<Evidence, 'requests' | 'healthyRequests' | 'platform' | 'logs' | 'baselineLogs'>>;

export function guiltyReleases(seen: Seen, limits: FailLimits): readonly GuiltyRelease[] {
  if (!seen.changes.some(isRelease)) return [];
  return [...ofPods(seen), ...ofForms(seen, limits), ...ofCallers(seen, limits), ...ofLines(seen, limits)];
}

/** A container that ends stops the pod, also for want of memory. */
const ENDED = ['stopped', 'memory'] as const;

/** A container of it ended with an error since then, and was started again. */
function endsSince(sinceUs: number): (pod: Pod) => boolean {
  return ({ containers }) =>
    containers.some(
      ({ isInit, restarts, last }) =>
        !isInit && restarts > 0 && last?.exitCode !== 0 && !((last?.finishedUs ?? Number.NaN) < sinceUs),
    );
}

/** It has been running for so long without being ready. */
const UNREADY_US = 2 * MINUTE_US;

function isUnready({ takenUs }: Platform): (pod: Pod) => boolean {
  return (pod) => {
    const containers = pod.containers.filter(({ isInit }) => !isInit);
    const starts = containers.map(({ state }) => (state.is === 'running' ? state.startedUs : Number.NaN));
    return pod.phase === 'Running' && !isReady(pod) && starts.every((us) => takenUs - us >= UNREADY_US);
  };
}

function ofPods({ platform, changes }: Seen): readonly GuiltyRelease[] {
  if (platform === undefined) return [];
  return podReleases(platform.pods, changes).flatMap((release): GuiltyRelease[] => {
    const { youngest, news, olds, bornUs } = release;
    const [change] = release.changes;
    const areOnlyNew = (isBad: (pod: Pod) => boolean) => news.some(isBad) && !olds.some(isBad);
    const doEnd = areOnlyNew(endsSince(bornUs));
    const areUnready = news.every(isUnready(platform)) && areOnlyNew((pod) => !isReady(pod));
    const unplaced = areOnlyNew(isUnplaced) ? askedMore(release) : '';
    const text = doEnd
      ? 'only pods of its version end'
      : areUnready
        ? 'only pods of its version do not become ready'
        : unplaced;
    if (change === undefined || text === '' || !didOldRun(platform, release)) return [];
    return [{ change, services: youngest.services.map(familyKey), explains: doEnd ? ENDED : ['stopped'], text }];
  });
}

/** No node has the room that it asks for. */
function isUnplaced(pod: Pod): boolean {
  const scheduled = conditionOf(pod, 'PodScheduled');
  return pod.phase === 'Pending' && scheduled?.status === 'False' && scheduled.reason === 'Unschedulable';
}

/**
 * In a full cluster the next pod of any version waits. The release is at fault where its pods ask for more of what is lacking
 * than each old one.
 */
function askedMore({ news, olds }: PodRelease): string {
  const waiting = news.filter(isUnplaced);
  const messages = waiting.map((pod) => conditionOf(pod, 'PodScheduled')?.message ?? '');
  const lacking = new Set(messages.flatMap((message) => refusalsIn(message).map(({ cause }) => cause)));
  const [resource] = (['cpu', 'memory'] as const).filter(
    (one) => lacking.has(one) && mostAsked(waiting, one) > mostAsked(olds, one),
  );
  if (resource === undefined || olds.length === 0) return '';
  const name = resource === 'cpu' ? 'CPU' : 'memory';
  return `its pods ask for more ${name} than those before, and no node has that left`;
}

/** What the largest of these pods asks for. */
function mostAsked(pods: readonly Pod[], resource: keyof Container['requests']): number {
  const asked = pods.map(({ containers }) =>
    containers.reduce((sum, { isInit, requests }) => sum + (isInit ? 0 : requests[resource] || 0), 0),
  );
  return Math.max(0, ...asked);
}

/** The pods of the revision before are there and do not end, or they are gone and the cluster tells of no end. */
function didOldRun(platform: Platform, { youngest, olds, bornUs }: PodRelease): boolean {
  const { now, before } = revisionsOf(platform, youngest);
  if (olds.length === 0 && before === undefined) return false;
  // Pods that came long after their revision were made for another reason than the release.
  if (now !== undefined && bornUs > now.createdUs + ROLLING_US) return false;
  const names = new Set(olds.map(({ name }) => name));
  const isOfOld = ({ about: { kind, namespace, name } }: PlatformEvent) =>
    kind === 'Pod' &&
    namespace === youngest.namespace &&
    (names.has(name) || (before !== undefined && name.startsWith(`${before.replicaSet}-`)));
  return !platform.events.some((event) => event.reason === 'BackOff' && isOfOld(event));
}

/** Since its first answer, and never before, answers fail that read what another version wrote. */
function ofForms({ requests = [], healthyRequests = [], platform, changes }: Seen, { minFailed }: FailLimits) {
  const answers = versionAnswers(requests, platform);
  const earlier = versionAnswers(healthyRequests, platform);
  const unread = answers.filter(readsOtherForm);
  if (unread.length < minFailed) return [];
  const families = byFamily(unread);
  const before = byFamily(earlier.filter(readsOtherForm));
  return releasesSeen(sightingsOf([...earlier, ...answers]), changes).flatMap((release): GuiltyRelease[] => {
    const { change, family, bornUs } = release;
    const own = families.get(family) ?? [];
    const isSince = before.get(family) === undefined && own.every(({ atUs }) => atUs >= bornUs - MINUTE_US);
    if (change === undefined || own.length < minFailed || !isSince) return [];
    const text = 'since its version answers, entries that another version wrote cannot be read';
    return [{ change, services: [family], text }];
  });
}

function ofCallers({ requests = [], healthyRequests = [], platform, changes }: Seen, limits: FailLimits) {
  const answers = versionAnswers(requests, platform);
  if (answers.length === 0) return [];
  const releases = releasesSeen(sightingsOf([...versionAnswers(healthyRequests, platform), ...answers]), changes);
  const families = byFamily(answers);
  return releases.flatMap((release): GuiltyRelease[] => {
    const { change } = release;
    if (change === undefined) return [];
    const outcomes = (families.get(release.family) ?? []).flatMap(outcomeOf);
    return [...Map.groupBy(outcomes, ({ caller }) => caller)].flatMap(([caller, own]): GuiltyRelease[] => {
      const both = whileBothSpoke(release, own, ({ failed }) => failed);
      const found = failingAnswers(release, both, releases.length, limits);
      if (found === undefined) return [];
      const text = `${caller} fails in ${shareText(shareOf(found.now))} of the requests that its version answers, and in ${shareText(shareOf(found.old))} of those that the old one answers`;
      return [{ change, services: [familyKey(caller), release.family], text }];
    });
  });
}

/** An answer that did not fail by itself, with the outcome of who asked for it. */
function outcomeOf(answer: VersionAnswer): readonly (VersionAnswer & Readonly<{ caller: string }>)[] {
  const { trace, span, failed } = answer;
  const call = callAbove(trace, span);
  if (failed || call === undefined) return [];
  const entry = entryAbove(trace, call);
  const isOwn = () =>
    errorOrigins(trace).some(({ spans: [origin] }) => origin !== undefined && trace.isOfOneService(origin, entry));
  return [{ ...answer, caller: trace.service(entry), failed: trace.failed(entry) && isOwn() }];
}

/** So many lines without an error show that the version did well at first. */
const FEWEST_WELL = 10;

/**
 * A version that writes errors from its first lines on, as the old one never did, which wrote nothing since. Where the errors
 * name a store, the store may fail for both.
 */
function ofLines({ logs = [], baselineLogs = [], platform, changes }: Seen, limits: FailLimits) {
  const lines = versionLines(logs, platform);
  const earlier = versionLines(baselineLogs, platform);
  if (lines.length === 0) return [];
  const releases = releasesSeen(sightingsOf([...earlier, ...lines]), changes);
  const families = byFamily([...earlier, ...lines]);
  return releases.flatMap((release): GuiltyRelease[] => {
    const { change, family, isNew, isOld } = release;
    const own = families.get(family) ?? [];
    const news = own.filter(({ who }) => isNew(who));
    const olds = own.filter(({ who }) => isOld(who));
    const errors = news.filter(({ isError }) => isError);
    const firstUs = errors.reduce((least, { atUs }) => Math.min(least, atUs), Number.POSITIVE_INFINITY);
    const areBeside = olds.filter(({ atUs }) => atUs >= firstUs).length >= limits.minFailed;
    const didWell = news.filter(({ atUs }) => atUs < firstUs).length >= FEWEST_WELL;
    if (change === undefined || errors.length < limits.minFailed || areBeside || didWell) return [];
    const [now, old] = [errorsOf(news), errorsOf(olds)];
    if (differenceInterval(now, old, deviationsFor(releases.length)).low <= limits.minPoints) return [];
    if (errors.filter(({ place }) => namesStore(logs[place]?.line ?? '')).length >= errors.length / 2) return [];
    const text = `its version writes ${now.times} errors in ${now.of} lines, the old one before it ${old.times} in ${old.of}`;
    return [{ change, services: [family], isOfTime: true, text }];
  });
}
