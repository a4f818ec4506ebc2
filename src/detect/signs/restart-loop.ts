/** Whether a container is restarted again and again, or was, and is up again. */
import {
  type Container,
  conditionOf,
  type PlatformEvent,
  type Pod,
  type Terminated,
} from '#model/platform/platform.ts';
import { latest, type SeenTime } from '#model/platform/platform-pods.ts';

export type LoopLimits = Readonly<Record<'minRestarts' | 'maxUpMinutes' | 'maxLongerSeconds', number>>;

/** What was meant to end and ended well is done, however often it was tried. */
export function isDone({ phase, owner }: Pod, { state, isInit }: Container): boolean {
  const isMeantToEnd = isInit || owner.kind === 'Job';
  return phase === 'Succeeded' || (isMeantToEnd && state.is === 'terminated' && state.exitCode === 0);
}

export type LastRun = Readonly<{
  pod: Pod;
  container: Container;
  /** How it ended. */
  ended: Terminated;
  /** About this container. */
  events: readonly PlatformEvent[];
}>;

/** It runs for longer than a loop would let it: that it was restarted is history. */
export function isUpAgain(
  { pod, container: { state, isReady }, ended, events }: LastRun,
  { endUs, isEndTold }: SeenTime,
  { maxUpMinutes, maxLongerSeconds }: LoopLimits,
): boolean {
  if (state.is !== 'running') return false;
  // Where nobody knows for how long it has been ready, what counts is what was said of it since.
  const startedUs = events.findLast(({ reason }) => reason === 'Started')?.lastUs;
  const readyUs = latest([state.startedUs, startedUs, conditionOf(pod, 'Ready')?.sinceUs]);
  if (isReady && !isEndTold && !events.some((event) => isEnding(event) && event.lastUs > readyUs)) return true;
  const upUs = endUs - state.startedUs;
  const lastUs = ended.finishedUs - ended.startedUs || 0;
  return (isReady && upUs >= lastUs + maxLongerSeconds * 1e6) || upUs >= maxUpMinutes * 60e6;
}

/** It is about to be ended. */
function isEnding({ reason, message }: PlatformEvent): boolean {
  return (reason === 'Unhealthy' || reason === 'Killing') && /liveness probe/i.test(message);
}

/** It waits to be started again, or it ended again, or did so lately. `again` are the events that tell of restarts. */
export function isLooping(
  container: Container,
  again: readonly PlatformEvent[],
  { isEndTold }: SeenTime,
  { minRestarts, maxUpMinutes }: LoopLimits,
): boolean {
  const { state, last, restarts } = container;
  // Where nobody knows for how long it has been waiting, that it waits is enough.
  if (isBackingOff(container)) return restarts >= minRestarts || !isEndTold;
  if (restarts < minRestarts) return false;
  const isShort = state.is === 'terminated' && !(state.finishedUs - state.startedUs >= maxUpMinutes * 60e6);
  return again.length > 0 || (isShort && last !== undefined);
}

/** The kubelet waits longer each time before it starts a container again, and starts one again whose probe failed. */
export function tellsOfRestart({ reason, message }: PlatformEvent): boolean {
  if (reason === 'BackOff') return /restarting failed/i.test(message);
  return reason === 'Killing' && /failed (?:liveness|startup) probe/i.test(message);
}

export function isBackingOff({ state }: Pick<Container, 'state'>): boolean {
  return state.is === 'waiting' && state.reason === 'CrashLoopBackOff';
}

/** When it was up again, where that was after the time that was asked about; NaN where it is not. */
export function overUs({ state, isReady }: Container, { endUs }: SeenTime): number {
  return state.is === 'running' && isReady && state.startedUs > endUs ? state.startedUs : Number.NaN;
}
