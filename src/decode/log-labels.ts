/** The labels of a log's store, each set stored once: a stream has few, and a million lines. */

import type { LogLine } from '#model/logs/log-line.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

export type Labels = LogLine['labels'];

export const NO_LABELS: Labels = {};

/** Further sets are not shared: they contain ids, so no two lines have the same. */
const MOST_SHARED = 10_000;

export function sharedLabels(): (object: JsonObject) => Labels {
  const known = new Map<string, Labels>();
  return (object) => {
    const labels = labelsIn(object);
    const key = JSON.stringify(labels);
    const shared = known.get(key);
    if (shared === undefined && known.size < MOST_SHARED) known.set(key, labels);
    return shared ?? labels;
  };
}

/** Texts, numbers and booleans; anything else is no label. */
export function labelsIn(value: unknown): Labels {
  if (!isObject(value)) return NO_LABELS;
  const labels: Record<string, string> = {};
  for (const [name, one] of Object.entries(value)) {
    labels[name] = typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? String(one) : '';
  }
  return labels;
}

export function firstLabel(labels: Labels, names: readonly string[]): string {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') return value;
  }
  return '';
}
