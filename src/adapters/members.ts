/** Reads documents: `service.name` may be one name, an object in an object, or any mixture. */
import type { Value } from '#adapters/otlp-attributes.ts';
import { isObject, type JsonObject, leavesOf } from '#model/text/json-object.ts';

export function valueAt(object: JsonObject, path: string): unknown {
  if (path in object) return object[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inside = object[path.slice(0, dot)];
    const value = isObject(inside) ? valueAt(inside, path.slice(dot + 1)) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The text, the number or the flag as text; '' where there is none. */
export function textAt(object: JsonObject, path: string): string {
  const value = valueAt(object, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}

/** NaN where there is no number. */
export function numberAt(object: JsonObject, path: string): number {
  const value = valueAt(object, path);
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : Number.NaN;
}

/** The objects of a list, or the only one: Elasticsearch does not distinguish them. */
export function objectsAt(object: JsonObject, path: string): readonly JsonObject[] {
  const value = valueAt(object, path);
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

export function membersAt(object: JsonObject, path: string): JsonObject {
  const value = valueAt(object, path);
  return isObject(value) ? value : {};
}

/** `{"http":{"status_code":200}}` as `http.status_code`. Lists become JSON. */
export function flattened(object: JsonObject): Record<string, Value> {
  const flat: Record<string, Value> = {};
  for (const [name, value] of leavesOf(object)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') flat[name] = value;
    else if (Array.isArray(value)) flat[name] = listed(value);
  }
  return flat;
}

/** A list of one value is that value: Elasticsearch does not distinguish them. */
function listed(values: readonly unknown[]): Value {
  const plain = values.filter((one) => typeof one !== 'object');
  const [only] = plain;
  if (plain.length === 1 && values.length === 1 && typeof only === 'string') return only;
  return JSON.stringify(plain);
}
