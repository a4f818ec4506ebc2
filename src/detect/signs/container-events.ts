/** What the kubelet says of a container, and what of it still holds. */
import { isKilled } from '#detect/signs/crash-cause.ts';
import type { Container, PlatformEvent, Pod, Terminated } from '#model/platform/platform.ts';

/** The kubelet says them of one container. The API names it; lists that were made from other texts may not. */
const OF_CONTAINERS: ReadonlySet<string> = new Set(['BackOff', 'Unhealthy', 'Killing']);

/** What names no container may be about any of them, but for what is said of one container alone. */
export function isAboutContainer(event: PlatformEvent, { name, isInit }: Container, { containers }: Pod): boolean {
  if (event.container !== '') return event.container === name;
  if (!OF_CONTAINERS.has(event.reason)) return true;
  const [, named] = /\bcontainer (\S+)/i.exec(event.message) ?? [];
  return named === name || containers.filter((other) => other.isInit === isInit).length === 1;
}

/** It tells why a container does not start, or does not stay up. */
export function isOfCrash({ reason }: PlatformEvent): boolean {
  return OF_CONTAINERS.has(reason) || reason === 'Failed';
}

/** Pods and events are listed one after another; where times were worked out from ages, that is how far they are apart. */
const APART_US = 10e6;

export function isBefore({ lastUs }: PlatformEvent, us: number): boolean {
  return lastUs < us - APART_US;
}

/**
 * What was said before its last run began, it got over. That it waits or was killed may have been said earlier: of events
 * that come often the recorder leaves out the later ones (client-go, EventSourceObjectSpamFilter).
 */
export function isStillSo(event: PlatformEvent, ended: Terminated): boolean {
  const { reason } = event;
  if (reason === 'BackOff') return true;
  if ((reason === 'Unhealthy' || reason === 'Killing') && isKilled(ended)) return true;
  return !isBefore(event, ended.startedUs);
}
