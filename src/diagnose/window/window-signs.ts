/**
 * All differences between a window and its baseline, from many requests, the lines and the metrics of both; any may be
 * missing.
 */
import { callTimesOf } from '#diagnose/window/call-times.ts';
import { calledStores } from '#diagnose/window/called-stores.ts';
import type { Counted } from '#diagnose/window/counted.ts';
import { type Cut, cutCalls } from '#diagnose/window/cut-calls.ts';
import { type Execution, executionsOf } from '#diagnose/window/executions.ts';
import { fullNodes } from '#diagnose/window/full-nodes.ts';
import { filledProcessors, type Headroom, headroomUsed } from '#diagnose/window/headroom.ts';
import { type LogSwitch, logSwitches, NEWS_NATS, serviceSwitches } from '#diagnose/window/log-switches.ts';
import { type LostCall, lostCalls } from '#diagnose/window/lost-calls.ts';
import { type MovedSeries, movedSeries } from '#diagnose/window/moved-series.ts';
import { namedServer } from '#diagnose/window/named-servers.ts';
import { type NewFailure, newFailures } from '#diagnose/window/new-failures.ts';
import { riseInNats } from '#diagnose/window/samples.ts';
import { type SeenLock, seenLocks } from '#diagnose/window/seen-locks.ts';
import { type SeenPause, seenPauses } from '#diagnose/window/seen-pauses.ts';
import { type SickNode, sickNode } from '#diagnose/window/sick-nodes.ts';
import { type SickResolver, sickResolver } from '#diagnose/window/sick-resolver.ts';
import { type Slowness, slowness } from '#diagnose/window/slow-places.ts';
import type { TimeWindow } from '#model/finding/time-window.ts';
import { CALLER_LEFT } from '#model/instruments/cut-words.ts';
import { announcesEnd } from '#model/logs/complaint.ts';
import { logLevel, severityOf, WARN } from '#model/logs/log-level.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import { maskedText } from '#model/logs/log-template-mask.ts';
import type { Series } from '#model/metrics/series.ts';
import type { Platform } from '#model/platform/platform.ts';
import { rootFailures } from '#model/requests/affected-requests.ts';
import type { Trace } from '#model/trace/trace.ts';

export type WindowSigns = Readonly<{
  node: SickNode | undefined;
  resolver: SickResolver | undefined;
  headroom: readonly Headroom[];
  /** Services whose processors are full now and were not before. */
  filled: ReadonlySet<string>;
  slowness: Slowness;
  /** Time added to the mean request, as a share of its duration in the baseline. */
  addedShare: number;
  failures: readonly NewFailure[];
  switches: readonly LogSwitch[];
  cuts: readonly Cut[];
  lost: readonly LostCall[];
  /** By service: what its database says of waits for a lock. */
  locks: ReadonlyMap<string, SeenLock>;
  /** By service: what shows that collections of garbage stop it. */
  pauses: ReadonlyMap<string, SeenPause>;
  /** Names a suspect only where there are no requests. */
  moved: readonly MovedSeries[];
  /** How many requests were examined. */
  requests: number;
  /** How many requests fail as their caller sees it. */
  failing: Readonly<{ before: Counted; now: Counted }>;
}>;

/** Both times; what is empty was not available. */
export type BothTimes = TimeWindow &
  Readonly<{
    traces: readonly Trace[];
    healthyTraces: readonly Trace[];
    logs: readonly LogLine[];
    healthyLogs: readonly LogLine[];
    series: readonly Series[];
    platform?: Platform | undefined;
  }>;

export function windowSigns(times: BothTimes): WindowSigns {
  const { traces, healthyTraces, logs, healthyLogs, series } = times;
  const before = executionsOf(healthyTraces, healthyLogs, callSite);
  const now = executionsOf(traces, logs, callSite);
  const leftAsBefore = leftAsOften(healthyLogs, logs);
  const switches = [...logSwitches(before, now), ...serviceSwitches(healthyLogs, logs, callSite)].filter(
    (one) => !isAnnouncement(one) && !(leftAsBefore.has(one.service) && isOfLeaving(one)),
  );
  return {
    node: sickNode({ ...times, full: fullNodes(series, times) }) ?? namedServer(healthyLogs, logs, series),
    resolver: sickResolver(healthyLogs, logs),
    headroom: headroomUsed(series, times, calledStores(traces)),
    filled: filledProcessors(series, times),
    ...slownessOf(traces, healthyTraces),
    failures: newFailures(healthyTraces, traces, logs),
    switches: switches.sort((a, b) => b.nats - a.nats || (a.service < b.service ? -1 : 1)),
    cuts: heardOut(cutCalls(healthyTraces, traces), before, now, switches),
    lost: lostCalls(healthyTraces, traces),
    locks: seenLocks(times),
    pauses: seenPauses(times),
    moved: movedSeries(series, times),
    requests: traces.length,
    failing: { before: failingOf(healthyTraces), now: failingOf(traces) },
  };
}

/** A notice of deprecation begins with a release, and is no failure. */
function isAnnouncement({ change, example }: LogSwitch): boolean {
  return change === 'began' && severityOf(logLevel(example.level)) <= WARN && announcesEnd(example);
}

function isOfLeaving({ change, example }: LogSwitch): boolean {
  return change === 'began' && CALLER_LEFT.test(example.line.slice(0, MOST_READ));
}

/**
 * Services whose callers left as often before. Which operation a caller leaves says nothing of it, so all lines of the
 * service that say so are counted together.
 */
function leftAsOften(healthyLogs: readonly LogLine[], logs: readonly LogLine[]): ReadonlySet<string> {
  const [before, now] = [leavingBy(healthyLogs), leavingBy(logs)];
  const isUsual = ([service, counted]: readonly [string, Counted]) => {
    const was = before.get(service) ?? [0, 0];
    return was[0] > 0 && counted[0] > 0 && riseInNats(was, counted) < NEWS_NATS;
  };
  return new Set([...now].filter(isUsual).map(([service]) => service));
}

/** By service: how many of its lines say that a caller left. */
function leavingBy(logs: readonly LogLine[]): ReadonlyMap<string, Counted> {
  return new Map(
    [...Map.groupBy(logs, ({ service }) => service)].map(([service, own]) => {
      const left = own.filter(({ line }) => CALLER_LEFT.test(line.slice(0, MOST_READ)));
      return [service, [left.length, own.length]];
    }),
  );
}

function slownessOf(
  traces: readonly Trace[],
  healthyTraces: readonly Trace[],
): Pick<WindowSigns, 'slowness' | 'addedShare'> {
  const slow = slowness(callTimesOf(healthyTraces), callTimesOf(traces));
  const healthyUs = meanUs(healthyTraces);
  return { slowness: slow, addedShare: healthyUs === 0 ? 0 : slow.addedUs / traces.length / healthyUs };
}

function failingOf(traces: readonly Trace[]): Counted {
  return [rootFailures(traces), traces.length];
}

export function meanUs(traces: readonly Trace[]): number {
  if (traces.length === 0) return 0;
  return traces.reduce((sum, trace) => sum + trace.durationOfUs(trace.root), 0) / traces.length;
}

/** Where both times have lines and they show nothing, requests that stop probably just need fewer calls. */
const UNSAID = 0.25;
/** Below three to one a sign proves nothing. */
const TELLING_NATS = 1;

function heardOut(
  cuts: readonly Cut[],
  before: readonly Execution[],
  now: readonly Execution[],
  switches: readonly LogSwitch[],
): readonly Cut[] {
  const heard = (all: readonly Execution[]) =>
    new Set(all.filter(({ said }) => said.size > 0).map(({ service }) => service));
  const [healthy, told] = [heard(before), heard(now)];
  const changed = new Set(switches.filter(({ nats }) => nats >= TELLING_NATS).map(({ service }) => service));
  return cuts.map((cut) => {
    const isHeard = healthy.has(cut.service) && told.has(cut.service);
    return isHeard && !changed.has(cut.service) && !changed.has(cut.last)
      ? { ...cut, excess: cut.excess * UNSAID }
      : cut;
  });
}

/**
 * The code location that writes a line. Loggers that record it write `Class#12`, `file.go:12` or `File.java:12`;
 * otherwise the line's first words without the variable parts.
 */
export function callSite({ line, level }: LogLine): string {
  const site = CALL_SITE.exec(line)?.[0];
  return `${level} ${site ?? maskedText(line.slice(0, MOST_READ)).split(/\s+/, FIRST_WORDS).join(' ')}`;
}

const FIRST_WORDS = 12;
const MOST_READ = 400;

/**
 * Matches only at the beginning of a word: otherwise a long word of a hostile line is read once for each of its
 * letters.
 */
const CALL_SITE = /(?<![\w.$<>/-])[\w.$<>/-]+(?:#|\.(?:go|java|kt|py|js|ts|rb|cs|rs|php|scala|c|cc|cpp):)\d+\b/;
