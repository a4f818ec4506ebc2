/** Attributes in OTLP's JSON, for stores whose rows have a form of their own. */

export type Value = string | number | boolean;

/** OpenTelemetry's names of what describes the program and its machine. */
export const OF_RESOURCE =
  /^(?:service\.|host\.|k8s\.|container\.|cloud\.|deployment\.|telemetry\.|os\.|process\.(?:pid|runtime|executable|command))/;

/** Texts, numbers and flags; a later one of the same name counts. */
export function valuesIn(pairs: Iterable<readonly [name: string, value: unknown]>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...pairs].filter((pair): pair is [string, Value] => isValue(pair[1])));
}

function isValue(value: unknown): value is Value {
  return typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value !== '');
}

/** Names and values, in their order. */
export function keyValues(attributes: Readonly<Record<string, Value>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: Value) {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
}
