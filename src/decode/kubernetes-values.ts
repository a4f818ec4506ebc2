/** Reads values in the form of the Kubernetes API: quantities, instants, selectors. Nothing here throws. */

import { instantIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import type { Condition, ObjectName, Resources } from '#model/platform/platform.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

const SUFFIXES: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** `250m`, `512Mi`, `1e9`; NaN for anything else. */
export function quantityIn(parent: JsonObject, key: string): number {
  const [, number, suffix = ''] =
    /^([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2})$/.exec(textIn(parent, key)) ?? [];
  const unit = SUFFIXES[suffix];
  return number === undefined || unit === undefined ? Number.NaN : Number(number) * unit;
}

export function resourcesIn(parent: JsonObject, key: string): Resources {
  const resources = objectIn(parent, key);
  return { cpu: quantityIn(resources, 'cpu'), memory: quantityIn(resources, 'memory') };
}

/** Names and texts of an object such as labels. */
export function textsIn(parent: JsonObject, key: string): Readonly<Record<string, string>> {
  const texts = objectIn(parent, key);
  return Object.fromEntries(Object.keys(texts).map((name) => [name, textIn(texts, name)]));
}

/** An empty selector selects nothing. */
export function selects(selector: JsonObject, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

/** With the members of each object in one order, so that equal values are equal texts. */
export function orderedText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

export function namedBy(object: JsonObject): Readonly<{ namespace: string; name: string }> {
  const metadata = objectIn(object, 'metadata');
  return { namespace: textIn(metadata, 'namespace'), name: textIn(metadata, 'name') };
}

export function namesIn(parent: JsonObject, key: string): readonly string[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function ownerOf(object: JsonObject): ObjectName | undefined {
  const metadata = objectIn(object, 'metadata');
  const owners = objectsIn(metadata, 'ownerReferences');
  const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
  return (
    owner && { kind: textIn(owner, 'kind'), namespace: textIn(metadata, 'namespace'), name: textIn(owner, 'name') }
  );
}

export function conditionsIn(status: JsonObject): readonly Condition[] {
  return objectsIn(status, 'conditions').map((condition) => ({
    type: textIn(condition, 'type'),
    status: textIn(condition, 'status'),
    reason: textIn(condition, 'reason'),
    message: textIn(condition, 'message'),
    sinceUs: instantIn(condition, 'lastTransitionTime'),
  }));
}
