/**
 * A container does not stay up: it ends and restarts repeatedly, or it cannot be started at all.
 *
 *   state  waiting: CrashLoopBackOff               restarts 7
 *   last   terminated: Error, exit code 1          ran for 2 s
 *   log    Error: DATABASE_URL is not set           ← its last words say why
 *
 * Containers killed at their memory limit are reported by `oom-killed`.
 */

import { memoize } from '#core/memoize.ts';
import { defineDetector } from '#detect/detector.ts';
import { isAboutContainer, isBefore, isOfCrash, isStillSo } from '#detect/signs/container-events.ts';
import { type Crash, type CrashCause, crashCause } from '#detect/signs/crash-cause.ts';
import { CRASH_CAUSES } from '#detect/signs/crash-causes.ts';
import {
  isBackingOff,
  isDone,
  isLooping,
  isUpAgain,
  type LoopLimits,
  overUs,
  tellsOfRestart,
} from '#detect/signs/restart-loop.ts';
import { USUAL_WHYS } from '#model/finding/detector-traits.ts';
import type { Sighting } from '#model/finding/finding.ts';
import { serviceKey } from '#model/incident/alert-service.ts';
import type { LogLine } from '#model/logs/log-line.ts';
import {
  type Container,
  type Platform,
  type PlatformEvent,
  type Pod,
  revisionsOf,
  type Terminated,
} from '#model/platform/platform.ts';
import {
  byOwner,
  citedEvents,
  earliest,
  failingMounts,
  hasLasted,
  instantText,
  latest,
  mayBeWithin,
  type OwnPod,
  podEvents,
  podsInQuestion,
  podsText,
  readyBeside,
  type SeenTime,
  seenTime,
  shortened,
  stateItem,
} from '#model/platform/platform-pods.ts';
import { counted } from '#model/text/count-text.ts';
import { durationText } from '#model/text/duration.ts';

export const crashLoop = defineDetector({
  id: 'crash-loop',
  title: 'Container does not stay up',
  why: 'Its pods serve nobody, or only for seconds. Other services see retries and timeouts.',
  runbook: 'runbooks/crash-loop.md',
  clear: 'no container ended and restarted repeatedly',
  silent: [
    'One restart is no loop. A container that is ready and has run longer than its last run, or for ten minutes, counts as recovered.',
    'It ignores a job or an init container that ended without an error. A kill at the memory limit is reported as Out of memory.',
    'It reads the reason from the exit code, events, the termination message and log lines. Without the last two it knows only the exit code.',
    'The cluster keeps only the last end of each container, and events for one hour. An earlier time may have no data.',
  ],
  role: 'mechanism',
  field: 'configuration',
  coverage: 'pod',
  nextWhys: USUAL_WHYS,
  checkQueries: ['log'],
  namesCause: 'never',
  needs: ['platform', 'window'],
  uses: ['requests', 'healthyRequests', 'logs'],
  thresholds: {
    minRestarts: {
      default: 2,
      min: 1,
      unit: 'restarts',
      means: 'How often the container was restarted',
      why: 'Coroot warns above one restart. The kubelet begins to back off at the second.',
    },
    maxUpMinutes: {
      default: 10,
      min: 1,
      unit: 'minutes',
      means: 'How long the container may have run since its last restart',
      why: 'After ten minutes without a restart the kubelet resets its backoff (Kubernetes, Pod lifecycle: container restarts).',
    },
    maxLongerSeconds: {
      default: 60,
      min: 1,
      unit: 's',
      means: 'How much longer than its last run a ready container may have run',
      why: 'The runs of a loop take about equally long. A failing liveness probe needs a minute to end one: three times 10 s by default, and 30 s of grace.',
    },
    minSeconds: {
      default: 30,
      min: 0,
      unit: 's',
      means: 'How long the kubelet could not create the container',
      why: 'If a ConfigMap or a Secret is applied just after the pod, the kubelet finds it at the next try, within 30 s.',
    },
  },

  detect(evidence, thresholds) {
    const { platform, logs = [] } = evidence;
    const time = seenTime(evidence);
    const down = podsInQuestion(evidence).flatMap((own) =>
      own.pod.containers.flatMap((container): Down[] => {
        const found = downOf(own, container, { platform, time, thresholds });
        if (found === undefined) return [];
        const crash = crashCause(container, found.ended, found.events, linesOf(own, logs));
        return [{ ...own, container, crash, ...found }];
      }),
    );
    return byOwner(down, ({ container, crash }) => `${container.name}\n${crash.cause}\n${crash.named}`).map((own) =>
      sightingOf(own, platform),
    );
  },

  say({
    service,
    container,
    isInit,
    cause,
    words,
    named,
    pods,
    restarts,
    code,
    ranMs,
    since,
    over,
    revision,
    serving,
  }) {
    const { is, remedy, check } = CRASH_CAUSES[cause as CrashCause](String(named));
    const after = over === '' ? '' : `; it recovered and is ready since ${over}`;
    const times = Number(restarts) > 0 ? `was restarted ${counted(Number(restarts), 'time')}` : 'never started';
    const exit = Number(code) < 0 ? '' : `, exit code ${code}`;
    const said = words === '' ? '' : `: “${words}”`;
    const ran = Number(ranMs) < 0 ? '' : ` Its last run took ${durationText(Number(ranMs) * 1000)}.`;
    return {
      title: `${service}: ${is}${said}${after}`,
      explanation: `The ${isInit ? 'init ' : ''}container ${container} ${times}${exit}. Affected: ${pods}${since === '' ? '' : `, since ${since}`}.${ran}${revision === '' ? '' : ` ${revision}`} ${serving}`,
      remedy: revision === '' ? remedy : `${remedy} If that takes time, roll back to the previous revision.`,
      check,
    };
  },
});

type Found = Readonly<{
  ended: Terminated | undefined;
  events: readonly PlatformEvent[];
  sinceUs: number;
  /** When it was ready again, if that was after the time window; otherwise NaN. */
  overUs: number;
}>;
type Down = OwnPod & Found & Readonly<{ container: Container; crash: Crash }>;

type Looking = Readonly<{
  platform: Platform;
  time: SeenTime;
  thresholds: LoopLimits & Readonly<Record<'minSeconds', number>>;
}>;

function downOf(own: OwnPod, container: Container, looking: Looking): Found | undefined {
  const events = podEvents(looking.platform, own.pod, looking.time);
  return looping(own, container, events, looking) ?? notCreated(own, container, events, looking);
}

function looping(
  { pod }: OwnPod,
  container: Container,
  events: readonly PlatformEvent[],
  { time, thresholds }: Looking,
): Found | undefined {
  const { state, last } = container;
  const ended = state.is === 'terminated' ? state : last;
  if (ended === undefined || ended.reason === 'OOMKilled' || isDone(pod, container)) return undefined;
  const mine = events.filter((event) => isAboutContainer(event, container, pod));
  if (isUpAgain({ pod, container, ended, events: mine }, time, thresholds)) return undefined;
  const again = mine.filter(tellsOfRestart);
  if (!isLooping(container, again, time, thresholds)) return undefined;

  const sinceUs = earliest([...again.map(({ firstUs }) => firstUs), last?.startedUs, ended.startedUs]);
  const untilUs = isBackingOff(container)
    ? time.endUs
    : latest([...again.map(({ lastUs }) => lastUs), ended.finishedUs]);
  if (!mayBeWithin(sinceUs, untilUs, time)) return undefined;
  const cited = mine.filter((event) => isOfCrash(event) && isStillSo(event, ended));
  return { ended, events: cited, sinceUs, overUs: overUs(container, time) };
}

/** Reasons for which the kubelet could not create the container. */
const NOT_CREATED: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PostStartHookError',
  'PreCreateHookError',
]);

function notCreated(
  { pod }: OwnPod,
  container: Container,
  events: readonly PlatformEvent[],
  { time, thresholds: { minSeconds } }: Looking,
): Found | undefined {
  const { state } = container;
  if (state.is !== 'waiting') return undefined;
  if (!NOT_CREATED.has(state.reason)) return notMounted(pod, events, time, minSeconds);
  const mine = events.filter((event) => isAboutContainer(event, container, pod));
  // Failures before the image was pulled have another cause.
  const pulledUs = earliest(mine.filter(({ reason }) => reason === 'Pulled').map(({ firstUs }) => firstUs));
  const since = mine.filter((event) => isOfCrash(event) && !isBefore(event, pulledUs));
  const sinceUs = earliest(since.length === 0 ? [pod.createdUs] : since.map(({ firstUs }) => firstUs));
  if (!hasLasted(sinceUs, minSeconds * 1e6, time)) return undefined;
  return { ended: undefined, events: since, sinceUs, overUs: Number.NaN };
}

/** A ConfigMap or a Secret that the pod mounts as a volume is missing. */
function notMounted(pod: Pod, events: readonly PlatformEvent[], time: SeenTime, minSeconds: number): Found | undefined {
  const mounts = failingMounts(pod, events, time).filter(({ message }) => OF_OBJECTS.test(message));
  const sinceUs = earliest(mounts.map(({ firstUs }) => firstUs));
  if (mounts.length === 0 || time.endUs - sinceUs < minSeconds * 1e6) return undefined;
  return { ended: undefined, events: mounts, sinceUs, overUs: Number.NaN };
}

const OF_OBJECTS = /\b(?:config ?map|secret)\b.{0,300}not found|references non-existent/i;

const POD_LABELS = ['k8s_pod_name', 'k8s.pod.name', 'pod', 'pod_name'] as const;

/** Log lines of the pod, and lines of its service that name no pod. */
function linesOf({ pod, service }: OwnPod, logs: readonly LogLine[]): readonly LogLine[] {
  const { byPod, byService } = linesBy(logs);
  const named = byPod.get(pod.name) ?? [];
  const unnamed = byService.get(serviceKey(service)) ?? [];
  if (named.length === 0 || unnamed.length === 0) return [...named, ...unnamed].map(({ line }) => line);
  return [...named, ...unnamed].sort((a, b) => a.place - b.place).map(({ line }) => line);
}

type PlacedLine = Readonly<{ line: LogLine; place: number }>;

/** Read once for all pods of a cluster. */
const linesBy = memoize((logs: readonly LogLine[]) => {
  const placed = logs.map((line, place): PlacedLine => ({ line, place }));
  const podOf = ({ line: { labels } }: PlacedLine) =>
    POD_LABELS.map((label) => labels[label]).find((name) => name !== undefined);
  const unnamed = placed.filter((one) => podOf(one) === undefined && one.line.service !== '');
  return {
    byPod: Map.groupBy(placed, podOf),
    byService: Map.groupBy(unnamed, ({ line }) => serviceKey(line.service)),
  };
});

function sightingOf(own: readonly [Down, ...Down[]], platform: Platform): Sighting {
  const [{ pod, service, container, crash, ended, events }] = own;
  const state = ended === undefined ? container.state : ended;
  const sinceUs = earliest(own.map((one) => one.sinceUs));
  return {
    service,
    facts: {
      container: container.name,
      isInit: container.isInit,
      cause: crash.cause,
      words: shortened(crash.words, LONGEST_WORDS),
      named: crash.named,
      pods: podsText(own, platform),
      ...readyBeside(own, platform),
      restarts: Math.max(...own.map((one) => one.container.restarts)),
      code: ended?.exitCode ?? -1,
      ranMs: ended === undefined ? -1 : Math.round((ended.finishedUs - ended.startedUs) / 1000) || -1,
      since: instantText(sinceUs),
      sinceUs,
      over: instantText(Math.max(...own.map((one) => one.overUs))),
      revision: revisionText(platform, own[0]),
    },
    evidence: [
      stateItem(pod, `${pod.name}: ${container.name}: ${stateText(state)}`),
      ...citedEvents(events.filter(({ message }) => message !== '')),
    ],
  };
}

const LONGEST_WORDS = 160;

/** What the pods' revision changed, if there was a previous one. */
function revisionText(platform: Platform, { pod }: OwnPod): string {
  const { now, before } = revisionsOf(platform, pod);
  if (now === undefined || before === undefined || now.differences.length === 0) return '';
  return `These pods run revision ${now.revision} (${instantText(now.createdUs)}), which changed ${now.differences.join('; ')}.`;
}

function stateText(state: Container['state']): string {
  if (state.is === 'running') return 'running';
  const { reason, message } = state;
  const code = state.is === 'terminated' ? `, exit code ${state.exitCode}` : '';
  return `${reason}${code}${message === '' ? '' : `: ${message}`}`;
}
