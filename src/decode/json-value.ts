/** Reads JSON with anything in any place. Nothing here throws. */

import { logTimeAt, nanosecondsOf } from '#model/logs/log-time.ts';
import { isObject, type JsonObject, MAX_DEPTH } from '#model/text/json-object.ts';

/** Undefined for a text that is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function objectIn(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  return isObject(value) ? value : {};
}

/** The objects of a list; `null`, a missing list and other elements are skipped. */
export function objectsIn(parent: JsonObject, key: string): JsonObject[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textIn(parent: JsonObject, key: string): string {
  const value = parent[key];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Integers come as numbers or, beyond 2^53, as text. 0 where there is none. */
export function numberIn(parent: JsonObject, key: string): number {
  const value = parent[key];
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : 0;
}

/** Microseconds since the epoch; NaN where there is no time. */
export function instantIn(parent: JsonObject, key: string): number {
  const text = textIn(parent, key);
  const time = logTimeAt(text, 0);
  if (time === undefined || time.year <= 0) return Number.NaN;
  const ns = nanosecondsOf(time, time.year);
  return ns === '0' ? Number.NaN : Number(ns.slice(0, -3));
}

/** A text unchanged, anything else as JSON. */
export function textOrJson(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(pruned(value, MAX_DEPTH)) ?? '');
}

function pruned(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.map((inner) => pruned(inner, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, pruned(inner, depth - 1)]));
}
