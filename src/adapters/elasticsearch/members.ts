/** Reads documents: `service.name` may be one name, an object in an object, or any mixture. */
import type { Value } from '#adapters/otlp-attributes.ts';

export type Members = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(object: Members, path: string): unknown {
  if (path in object) return object[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inside = object[path.slice(0, dot)];
    const value = isObject(inside) ? valueAt(inside, path.slice(dot + 1)) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The text, the number or the flag as text; '' where there is none. */
export function textAt(object: Members, path: string): string {
  const value = valueAt(object, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}

/** NaN where there is no number. */
export function numberAt(object: Members, path: string): number {
  const value = valueAt(object, path);
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : Number.NaN;
}

/** The objects of a list, or the only one: Elasticsearch does not distinguish them. */
export function objectsAt(object: Members, path: string): readonly Members[] {
  const value = valueAt(object, path);
  return (Array.isArray(value) ? value : [value]).filter(isObject);
}

export function membersAt(object: Members, path: string): Members {
  const value = valueAt(object, path);
  return isObject(value) ? value : {};
}

/** Deeper values are given up: nobody reads them, and a hostile one would be as large as its path is long. */
const MAX_DEPTH = 32;

/** `{"http":{"status_code":200}}` as `http.status_code`. Lists become JSON. */
export function flattened(object: Members): Record<string, Value> {
  const flat: Record<string, Value> = {};
  const waiting = membersOf(object, '', 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, value, depth } = next;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') flat[name] = value;
    else if (Array.isArray(value)) flat[name] = listed(value);
    else if (isObject(value) && depth < MAX_DEPTH) waiting.push(...membersOf(value, `${name}.`, depth));
  }
  return flat;
}

type Waiting = Readonly<{ name: string; value: unknown; depth: number }>;

/** The first one last, as they are taken from the end. */
function membersOf(object: Members, prefix: string, depth: number): Waiting[] {
  return Object.entries(object)
    .map(([key, value]) => ({ name: `${prefix}${key}`, value, depth: depth + 1 }))
    .reverse();
}

/** A list of one value is that value: Elasticsearch does not distinguish them. */
function listed(values: readonly unknown[]): Value {
  const plain = values.filter((one) => typeof one !== 'object');
  const [only] = plain;
  if (plain.length === 1 && values.length === 1 && typeof only === 'string') return only;
  return JSON.stringify(plain);
}
