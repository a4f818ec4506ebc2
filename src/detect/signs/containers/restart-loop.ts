/** Whether a container restarts repeatedly, or has recovered. */
import {
  type Container,
  conditionOf,
  type PlatformEvent,
  type Pod,
  type Terminated,
} from '#model/platform/platform.ts';
import { latest, type SeenTime } from '#model/platform/platform-pods.ts';

export type LoopLimits = Readonly<Record<'minRestarts' | 'maxUpMinutes' | 'maxLongerSeconds', number>>;

/** A container that was meant to end and ended without an error is done, after any number of attempts. */
export function isDone({ phase, owner }: Pod, { state, isInit }: Container): boolean {
  const isMeantToEnd = isInit || owner.kind === 'Job';
  return phase === 'Succeeded' || (isMeantToEnd && state.is === 'terminated' && state.exitCode === 0);
}

export type LastRun = Readonly<{
  pod: Pod;
  container: Container;
  /** How it ended. */
  ended: Terminated;
  /** Events about this container. */
  events: readonly PlatformEvent[];
}>;

/** It has run for longer than in a loop, so it has recovered. */
export function isUpAgain(
  { pod, container: { state, isReady, restarts }, ended, events }: LastRun,
  { endUs, isEndTold }: SeenTime,
  { maxUpMinutes, maxLongerSeconds }: LoopLimits,
): boolean {
  if (state.is !== 'running') return false;
  // Without the time since when it is ready, the events since then decide.
  const startedUs = events.findLast(({ reason }) => reason === 'Started')?.lastUs;
  const readyUs = latest([state.startedUs, startedUs, conditionOf(pod, 'Ready')?.sinceUs]);
  const isNoLoop = isReady && restarts < LONGEST_BACKOFF_AT;
  if (isNoLoop && !isEndTold && !events.some((event) => isEnding(event) && event.lastUs > readyUs)) return true;
  const upUs = endUs - state.startedUs;
  const lastUs = ended.finishedUs - ended.startedUs || 0;
  return (isReady && upUs >= lastUs + maxLongerSeconds * 1e6) || upUs >= maxUpMinutes * 60e6;
}

/** The kubelet waits 10 s before a restart, then twice as long each time, up to 5 minutes: which is the sixth. */
const LONGEST_BACKOFF_AT = 6;

/** The kubelet is about to kill it. */
function isEnding({ reason, message }: PlatformEvent): boolean {
  return (reason === 'Unhealthy' || reason === 'Killing') && /liveness probe/i.test(message);
}

/**
 * It waits for a restart, has ended again, did so recently, or is up again without being ready. `again` are the events
 * about restarts.
 */
export function isLooping(
  container: Container,
  again: readonly PlatformEvent[],
  { isEndTold }: SeenTime,
  { minRestarts, maxUpMinutes }: LoopLimits,
): boolean {
  const { last, restarts } = container;
  // Without the time since when it waits, waiting is enough.
  if (isBackingOff(container)) return restarts >= minRestarts || !isEndTold;
  if (restarts < minRestarts) return false;
  const ended = endedLast(container, minRestarts);
  const isShort = ended !== undefined && !(ended.finishedUs - ended.startedUs >= maxUpMinutes * 60e6);
  return again.length > 0 || (isShort && last !== undefined);
}

/** The cluster forgets events. A container that runs again and is not ready is between two ends: one restart more says so. */
function endedLast({ state, last, restarts, isReady }: Container, minRestarts: number): Terminated | undefined {
  if (state.is === 'terminated') return state;
  return state.is === 'running' && !isReady && restarts > minRestarts ? last : undefined;
}

/** The kubelet backs off before a restart, and restarts a container whose probe failed. */
export function tellsOfRestart({ reason, message }: PlatformEvent): boolean {
  if (reason === 'BackOff') return /restarting failed/i.test(message);
  return reason === 'Killing' && /failed (?:liveness|startup) probe/i.test(message);
}

export function isBackingOff({ state }: Pick<Container, 'state'>): boolean {
  return state.is === 'waiting' && state.reason === 'CrashLoopBackOff';
}

/** When it was ready again, if that was after the time window; otherwise NaN. */
export function overUs({ state, isReady }: Container, { endUs }: SeenTime): number {
  return state.is === 'running' && isReady && state.startedUs > endUs ? state.startedUs : Number.NaN;
}
