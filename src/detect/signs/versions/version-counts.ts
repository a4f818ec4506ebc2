/**
 * How many requests of a new version fail, or how many errors it writes, against the old one in the same time: counted
 * requests and lines, with an interval that holds for all compared services.
 */

import { MINUTE_US } from '#core/time-units.ts';
import { familyKey, type TwoVersions, type VersionSighting } from '#detect/signs/versions/releases-seen.ts';
import { podVersions, whoOf } from '#detect/signs/versions/version-series.ts';
import { nameLetters, serviceKey } from '#model/incident/alert-service.ts';
import { ERROR, severityOf } from '#model/logs/log-level.ts';
import { epochUsOf, type LogLine } from '#model/logs/log-line.ts';
import { fieldsIn } from '#model/logs/log-text.ts';
import type { InstanceVersion } from '#model/platform/instance-version.ts';
import type { Platform } from '#model/platform/platform.ts';
import { sortedDurations } from '#model/requests/request-durations.ts';
import { deviationsFor, differenceInterval, type Share, shareOf } from '#model/stats/proportion.ts';
import { medianOf } from '#model/stats/robust.ts';
import { operationTemplate } from '#model/trace/operation-template.ts';
import type { Trace } from '#model/trace/trace.ts';
import { isEntry } from '#model/trace/views/entry.ts';

/** One answer of one instance. */
export type VersionAnswer = Readonly<{
  service: string;
  who: InstanceVersion;
  atUs: number;
  durationUs: number;
  failed: boolean;
  operation: string;
  trace: Trace;
  span: number;
}>;

/** For instances whose version nothing names. */
export const UNNAMED: InstanceVersion = { instance: '', version: '', names: [], node: '' };

export type VersionLine = Readonly<{
  service: string;
  who: InstanceVersion;
  atUs: number;
  isError: boolean;
  place: number;
}>;

/**
 * The first span of each service in a request, and each later one that another service asked for. `unnamed` stands for
 * instances whose version nothing names; without it their answers are left out.
 */
export function versionAnswers(
  requests: readonly Trace[],
  platform: Platform | undefined,
  unnamed?: InstanceVersion,
): readonly VersionAnswer[] {
  const pods = podVersions(platform);
  const known = new WeakMap<object, InstanceVersion | undefined>();
  return requests.flatMap((trace) => {
    const found: VersionAnswer[] = [];
    for (let span = 0; span < trace.spanCount; span += 1) {
      if (!isEntry(trace, span)) continue;
      const service = trace.service(span);
      const who = versionOfSpan(trace, span, known, pods) ?? unnamed;
      if (who === undefined || trace.kind(span) === 'client' || trace.kind(span) === 'producer') continue;
      found.push({
        service,
        who,
        atUs: trace.startEpochUs + trace.startUs(span),
        durationUs: trace.durationOfUs(span),
        failed: trace.failed(span),
        operation: operationTemplate(trace.operation(span)),
        trace,
        span,
      });
    }
    return found;
  });
}

function versionOfSpan(
  trace: Trace,
  span: number,
  known: WeakMap<object, InstanceVersion | undefined>,
  pods: ReturnType<typeof podVersions>,
): InstanceVersion | undefined {
  const resource = trace.resource(span);
  if (!known.has(resource)) known.set(resource, whoOf(resource, trace.service(span), pods));
  return known.get(resource) ?? whoOf(trace.attributesFor(span, NAMED), trace.service(span), pods);
}

/** Agents without resources write the version on each span. `app.version` may be that of a client. */
const NAMED = /^(?:(?:service|dd)[._]?)?version$|pod|template.?hash|replica.?set|image/i;

/** Lines whose labels, fields or beginning name a version or a pod. */
export function versionLines(
  logs: readonly LogLine[],
  platform: Platform | undefined,
  unnamed?: InstanceVersion,
): readonly VersionLine[] {
  const pods = podVersions(platform);
  return logs.flatMap((line, place): VersionLine[] => {
    const named = whoOf(line.labels, line.service, pods);
    const inFields = () => (MAY_NAME.test(line.line) ? whoOf(fieldsOf(line), line.service, pods) : undefined);
    const who = named ?? inFields() ?? writerOf(line, pods) ?? unnamed;
    const isError = severityOf(line.level) >= ERROR;
    return who === undefined || line.service === ''
      ? []
      : [{ service: line.service, who, atUs: epochUsOf(line), isError, place }];
  });
}

/**
 * Who wrote it, as the collector puts it before the line: `kubectl logs --prefix` and stern the pod, others the version as
 * well. `[pod/cart-5b7d9c8f6-aa2bb/cart]`, `cart-5b7d9c8f6-aa2bb cart@4.21.0`
 */
const WRITER =
  /^\[?(?:pod\/)?([a-z\d][a-z\d-]{4,120})(?:\/[\w-]{1,63})?\]?(?:[ \t]{1,4}(?:[\w-]{1,63}@)?(v?\d{1,4}(?:\.\d{1,4}){1,3}(?:-[\w.]{1,20})?)\]?)?[ \t]/;

/** Only a pod of the service itself. */
function writerOf({ line, service }: LogLine, pods: ReturnType<typeof podVersions>): InstanceVersion | undefined {
  const [, pod = '', version = ''] = WRITER.exec(line.slice(0, LONGEST_WRITER)) ?? [];
  if (pod === '' || service === '' || !nameLetters(pod).startsWith(serviceKey(service))) return undefined;
  const who = whoOf({ pod, version }, service, pods);
  return who === undefined || who.instance !== pod || who.version === version ? undefined : who;
}

const LONGEST_WRITER = 240;

/** Fields are read only where one of them may name a version. */
const MAY_NAME = /version|pod|hash|replica|image/i;

function fieldsOf(line: LogLine): Readonly<Record<string, string>> {
  return Object.fromEntries([...fieldsIn(line.line)].filter(([name]) => NAMED.test(name)));
}

/** The answers or lines of each service, by its `familyKey`. */
export function byFamily<One extends Readonly<{ service: string }>>(
  all: readonly One[],
): ReadonlyMap<string, readonly One[]> {
  return Map.groupBy(all, ({ service }) => familyKey(service));
}

/** When each instance was seen. */
export function sightingsOf(
  all: readonly Readonly<{ service: string; who: InstanceVersion; atUs: number }>[],
): readonly VersionSighting[] {
  const groups = Map.groupBy(all, ({ service, who }) => [service, who.instance, who.version].join('\n'));
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const times = own.map(({ atUs }) => atUs);
    const [firstUs, lastUs] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
    return [{ service: first.service, who: first.who, firstUs, lastUs }];
  });
}

export type CountedDifference = Readonly<{
  measure: 'answers' | 'slow answers' | 'short answers' | 'lines' | 'calls';
  /** Where only this operation differs; else empty. For calls, the callee. */
  operation: string;
  now: Share;
  old: Share;
  /** Microseconds; 0 where it is not about durations. */
  nowUs: number;
  oldUs: number;
  /** The usual size of an answer; only where it is about sizes. */
  bytes?: Readonly<{ now: number; old: number }>;
  sinceUs: number;
  /** Failing answers of the new version, or lines; the first ones are shown. */
  answers: readonly VersionAnswer[];
  places: readonly number[];
}>;

export type CountLimits = Readonly<{ minPoints: number; minTimes: number; minRequests: number; minFailed: number }>;
export type FailLimits = Omit<CountLimits, 'minTimes'>;

/** More of its answers fail, or more of those to one operation. */
export function failingOperations(
  release: TwoVersions,
  all: readonly VersionAnswer[],
  compared: number,
  limits: CountLimits,
): CountedDifference | undefined {
  const whole = failingAnswers(release, all, compared, limits);
  if (whole !== undefined) return whole;
  const operations = Map.groupBy(all, ({ operation }) => operation);
  const found = [...operations].flatMap(([operation, same]) => {
    const one = failingAnswers(release, same, compared * operations.size, limits);
    return one === undefined ? [] : [{ ...one, operation }];
  });
  return found.toSorted((a, b) => shareOf(b.now) - shareOf(a.now))[0];
}

/** More of its answers fail. `all`: the answers of its service. `compared`: so many services were compared. */
export function failingAnswers(
  release: TwoVersions,
  all: readonly VersionAnswer[],
  compared: number,
  { minPoints, minRequests, minFailed }: FailLimits,
): CountedDifference | undefined {
  const { news, olds: old } = sidesAmong(release, all);
  const [now, was] = [failedOf(news), failedOf(old)];
  if (now.of < minRequests || was.of < minRequests || now.times < minFailed) return undefined;
  if (differenceInterval(now, was, deviationsFor(compared)).low <= minPoints) return undefined;
  // One of the old instances may be as bad.
  const each = [...Map.groupBy(old, ({ who }) => who.instance).values()]
    .map(failedOf)
    .filter(({ of }) => of >= minRequests);
  if (each.some((one) => shareOf(now) - shareOf(one) < minPoints)) return undefined;
  const answers = news.filter(({ failed }) => failed).sort((a, b) => a.atUs - b.atUs);
  return {
    measure: 'answers',
    operation: '',
    now,
    old: was,
    nowUs: 0,
    oldUs: 0,
    sinceUs: answers[0]?.atUs ?? release.fromUs,
    answers,
    places: [],
  };
}

/** What each version did since the comparison began. */
export function sidesAmong<One extends Readonly<{ who: InstanceVersion; atUs: number }>>(
  { fromUs, isNew, isOld }: TwoVersions,
  all: readonly One[],
): Readonly<{ news: readonly One[]; olds: readonly One[] }> {
  const own = all.filter(({ atUs }) => atUs >= fromUs);
  return { news: own.filter(({ who }) => isNew(who)), olds: own.filter(({ who }) => isOld(who)) };
}

/**
 * What counts of a release: the time in which both versions spoke, from the first bad one of the new version on. Old
 * instances that fell silent before the fault began never met it.
 *
 *   old   ●●●●●●●●●│             after a switch, all answers are of the new version
 *   new        ●●●●│●●✗✗✗✗✗✗     only this much of it stands beside the old one, and does as well
 */
export function whileBothSpoke<One extends Readonly<{ who: InstanceVersion; atUs: number }>>(
  release: TwoVersions,
  all: readonly One[],
  isBad: (one: One) => boolean = () => true,
): readonly One[] {
  const { news, olds } = sidesAmong(release, all);
  const timesOf = (some: readonly One[]) => some.map(({ atUs }) => atUs);
  const fromUs = timesOf(news.filter(isBad)).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const [newUs, oldUs] = [news, olds].map((some) =>
    timesOf(some).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  );
  const untilUs = Math.min(newUs ?? 0, oldUs ?? 0);
  return all.filter(({ atUs }) => atUs >= fromUs && atUs <= untilUs);
}

/** How many of these answers failed. */
export function failedOf(answers: readonly VersionAnswer[]): Share {
  return { times: answers.filter(({ failed }) => failed).length, of: answers.length };
}

/** How many of these lines are errors. */
export function errorsOf(lines: readonly VersionLine[]): Share {
  return { times: lines.filter(({ isError }) => isError).length, of: lines.length };
}

const LEAST_US = 10_000;

/** Its answers to the same operation take longer: its quick ones are slower than the slow ones of the old version. */
export function slowAnswers(
  release: TwoVersions,
  all: readonly VersionAnswer[],
  { minTimes, minRequests }: CountLimits,
): CountedDifference | undefined {
  const own = all.filter(({ atUs, failed }) => atUs >= release.fromUs && !failed);
  const found = [...Map.groupBy(own, ({ operation }) => operation).values()].flatMap((same): CountedDifference[] => {
    const answers = same.filter(({ who }) => release.isNew(who));
    const [now, old] = [sortedDurations(answers), sortedDurations(same.filter(({ who }) => release.isOld(who)))];
    if (now.length < minRequests || old.length < minRequests) return [];
    const [nowUs, oldUs] = [medianOf(now), medianOf(old)];
    const isApart = quarter(now, 1) > quarter(old, 3);
    if (nowUs < minTimes * oldUs || nowUs - oldUs < LEAST_US || !isApart) return [];
    const [times, of] = [
      { times: now.length, of: now.length },
      { times: 0, of: old.length },
    ];
    return [
      {
        measure: 'slow answers',
        operation: '',
        now: times,
        old: of,
        nowUs,
        oldUs,
        sinceUs: release.fromUs,
        answers,
        places: [],
      },
    ];
  });
  return found.toSorted((a, b) => b.nowUs - b.oldUs - (a.nowUs - a.oldUs))[0];
}

/** The lower or the upper quartile. */
export function quarter(sorted: readonly number[], of: 1 | 3): number {
  return sorted[Math.floor((of * (sorted.length - 1)) / 4)] ?? 0;
}

const MOST_OF_THEM = 0.5;

function minutesOf(lines: readonly VersionLine[]): ReadonlySet<number> {
  return new Set(lines.map(({ atUs }) => Math.floor(atUs / MINUTE_US)));
}

/** Longer before, the old version was well, whatever happened since. */
const JUST_BEFORE_US = 3 * MINUTE_US;

function justBefore(
  { isOld }: TwoVersions,
  all: readonly VersionLine[],
  [first]: readonly VersionLine[],
): readonly VersionLine[] {
  const toUs = first?.atUs ?? 0;
  return all.filter(({ who, atUs }) => isOld(who) && atUs < toUs && atUs >= toUs - JUST_BEFORE_US);
}

/** A larger share of its lines are errors, in more than one minute. `written`: those before the comparison, too. */
export function erringLines(
  release: TwoVersions,
  all: readonly VersionLine[],
  compared: number,
  { minPoints, minFailed }: CountLimits,
  written: readonly VersionLine[] = all,
): CountedDifference | undefined {
  const { news, olds: old } = sidesAmong(release, all);
  const errors = news.filter(({ isError }) => isError);
  const minutes = minutesOf(errors);
  if (errors.length < minFailed || minutes.size < 2 || old.length < minFailed) return undefined;
  const [now, was] = [errorsOf(news), errorsOf(old)];
  const isMore = (some: readonly VersionLine[], others: readonly VersionLine[]) =>
    differenceInterval(errorsOf(some), errorsOf(others), deviationsFor(compared)).low > minPoints;
  if (!isMore(news, old)) return undefined;
  // What began before, in the old version, did not come with the new one, which only took over.
  const before = justBefore(release, written, errors);
  if (before.length >= minFailed && !isMore(news, before)) return undefined;
  const within = (all: readonly VersionLine[]) => all.filter(({ atUs }) => minutes.has(Math.floor(atUs / MINUTE_US)));
  const ofNew = minutesOf(news);
  const isBeside = !ofNew.isDisjointFrom(minutesOf(old));
  const isPassing = isBeside && minutes.size <= MOST_OF_THEM * ofNew.size;
  // Most of the time it does well: what those few minutes brought meets the old ones in them as well.
  if (isPassing && !isMore(within(news), within(old))) return undefined;
  return {
    measure: 'lines',
    operation: '',
    now,
    old: was,
    nowUs: 0,
    oldUs: 0,
    sinceUs: errors[0]?.atUs ?? release.fromUs,
    answers: [],
    places: errors.map(({ place }) => place),
  };
}
