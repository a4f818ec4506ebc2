/** Which events are about a container, and which of them still hold. */
import { isKilled } from '#detect/signs/containers/crash-cause.ts';
import type { Container, PlatformEvent, Pod, Terminated } from '#model/platform/platform.ts';

/** Reasons of events about one container. The API names the container; lists from other sources may not. */
const OF_CONTAINERS: ReadonlySet<string> = new Set(['BackOff', 'Unhealthy', 'Killing']);

/** An event without a container's name may be about any of them, except for reasons that concern one container only. */
export function isAboutContainer(event: PlatformEvent, { name, isInit }: Container, { containers }: Pod): boolean {
  if (event.container !== '') return event.container === name;
  if (!OF_CONTAINERS.has(event.reason)) return true;
  const [, named] = /\bcontainer (\S+)/i.exec(event.message) ?? [];
  return named === name || containers.filter((other) => other.isInit === isInit).length === 1;
}

/** The event shows why a container does not start or does not stay up. */
export function isOfCrash({ reason }: PlatformEvent): boolean {
  return OF_CONTAINERS.has(reason) || reason === 'Failed';
}

/** Pods and events are listed at slightly different times, so times computed from ages may differ by this much. */
const APART_US = 10e6;

export function isBefore({ lastUs }: PlatformEvent, us: number): boolean {
  return lastUs < us - APART_US;
}

/**
 * Events before its last run no longer hold. Events about waiting or killing may be earlier, because the recorder drops
 * later ones of a frequent kind (client-go, EventSourceObjectSpamFilter).
 */
export function isStillSo(event: PlatformEvent, ended: Terminated): boolean {
  const { reason } = event;
  if (reason === 'BackOff') return true;
  if ((reason === 'Unhealthy' || reason === 'Killing') && isKilled(ended)) return true;
  return !isBefore(event, ended.startedUs);
}
