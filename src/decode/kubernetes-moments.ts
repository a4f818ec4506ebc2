/** The latest time in objects of the Kubernetes API. It is the best guess of when they were requested. */

import { instantIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import type { JsonObject } from '#model/text/json-object.ts';

/** Fields of the API that say when something happened. A `deletionTimestamp` lies ahead by the grace period. */
const MOMENTS: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'firstTimestamp',
  'lastTimestamp',
  'deprecatedFirstTimestamp',
  'deprecatedLastTimestamp',
  'eventTime',
  'lastObservedTime',
  'lastTransitionTime',
  'lastUpdateTime',
  'lastProbeTime',
  'lastHeartbeatTime',
  'startTime',
  'completionTime',
  'startedAt',
  'finishedAt',
  'lastScheduleTime',
  'lastSuccessfulTime',
  'lastScaleTime',
]);

/** Texts that people wrote themselves: their times may mean anything. */
const OTHERS_WORDS: ReadonlySet<string> = new Set(['spec', 'data', 'annotations', 'labels', 'fieldsV1']);

/** In its original form; empty where none has a time. */
export function latestMoment(objects: readonly JsonObject[]): string {
  let latest = '';
  let latestUs = Number.NEGATIVE_INFINITY;
  for (const object of objects)
    for (const at of momentsOf(object)) {
      const us = instantIn({ at }, 'at');
      if (us > latestUs) [latest, latestUs] = [at, us];
    }
  return latest;
}

function momentsOf(object: JsonObject): readonly string[] {
  const kind = textIn(object, 'kind');
  return [
    ...momentsWithin(object),
    ...objectsIn(objectIn(object, 'metadata'), 'managedFields').map((fields) => textIn(fields, 'time')),
    ...(kind === 'Lease' ? [textIn(objectIn(object, 'spec'), 'renewTime')] : []),
    ...(kind === 'Latest' ? [textIn(object, 'at')] : []),
  ];
}

/** Without recursion: a hostile body may nest deeper than the stack. */
function momentsWithin(object: JsonObject): readonly string[] {
  const found: string[] = [];
  const left: object[] = [object];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    for (const [key, inner] of Object.entries(next)) {
      if (typeof inner === 'string' && MOMENTS.has(key)) found.push(inner);
      else if (typeof inner === 'object' && inner !== null && !OTHERS_WORDS.has(key)) left.push(inner);
    }
  }
  return found;
}
