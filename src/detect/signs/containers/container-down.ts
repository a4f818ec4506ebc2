/** A container that does not run: it restarts repeatedly, or the kubelet cannot create it. */
import { isAboutContainer, isBefore, isOfCrash, isStillSo } from '#detect/signs/containers/container-events.ts';
import {
  isBackingOff,
  isDone,
  isLooping,
  isUpAgain,
  type LoopLimits,
  overUs,
  tellsOfRestart,
} from '#detect/signs/containers/restart-loop.ts';
import type { PlatformEvent, Terminated } from '#model/platform/platform.ts';
import {
  earliest,
  hasLasted,
  latest,
  mayBeWithin,
  type OwnContainer,
  type SeenTime,
} from '#model/platform/platform-pods.ts';

/** `minSeconds`: how long the kubelet could not create the container. */
export type DownLimits = LoopLimits & Readonly<{ minSeconds: number }>;

export type ContainerDown = Readonly<{
  ended: Terminated | undefined;
  /** Events that show it. */
  events: readonly PlatformEvent[];
  sinceUs: number;
  /** When it was ready again, if that was after the time window; otherwise NaN. */
  overUs: number;
}>;
/** Undefined where the container runs, has recovered, or is reported by another detector. */
export function containerDown(own: OwnContainer, limits: DownLimits, time: SeenTime): ContainerDown | undefined {
  return looping(own, limits, time) ?? notCreated(own, limits.minSeconds, time);
}

function looping(
  { pod, container, events }: OwnContainer,
  limits: LoopLimits,
  time: SeenTime,
): ContainerDown | undefined {
  const { state, last } = container;
  const ended = state.is === 'terminated' ? state : last;
  if (ended === undefined || ended.reason === 'OOMKilled' || isDone(pod, container)) return undefined;
  const mine = events.filter((event) => isAboutContainer(event, container, pod));
  if (isUpAgain({ pod, container, ended, events: mine }, time, limits)) return undefined;
  const again = mine.filter(tellsOfRestart);
  if (!isLooping(container, again, time, limits)) return undefined;

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
  { pod, container, events }: OwnContainer,
  minSeconds: number,
  time: SeenTime,
): ContainerDown | undefined {
  const { state } = container;
  if (state.is !== 'waiting' || !NOT_CREATED.has(state.reason)) return undefined;
  const mine = events.filter((event) => isAboutContainer(event, container, pod));
  // Failures before the image was pulled have another cause.
  const pulledUs = earliest(mine.filter(({ reason }) => reason === 'Pulled').map(({ firstUs }) => firstUs));
  const since = mine.filter((event) => isOfCrash(event) && !isBefore(event, pulledUs));
  const sinceUs = earliest(since.length === 0 ? [pod.createdUs] : since.map(({ firstUs }) => firstUs));
  if (!hasLasted(sinceUs, minSeconds * 1e6, time)) return undefined;
  return { ended: undefined, events: since, sinceUs, overUs: Number.NaN };
}
