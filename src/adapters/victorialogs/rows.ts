/**
 * The rows of an answer: an object a line, whose values are texts.
 *
 *  {"_time":"2026-11-20T06:25:44.488123456Z","_stream":"{…}","_msg":"…","level":"error"}
 *
 * https://docs.victoriametrics.com/victorialogs/querying/#querying-logs
 */
import { parsed } from '#adapters/http.ts';
import { rfc3339Ns } from '#adapters/rfc3339.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

/** `isCut`: the last row is half of one. */
export type Rows = Readonly<{ rows: readonly JsonObject[]; isCut: boolean }>;

/** Undefined for an answer that is none of a search. */
export function rowsIn(text: string): Rows | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map(rowIn);
  const isCut = read.length > 1 && read.at(-1) === undefined;
  const whole = isCut ? read.slice(0, -1) : read;
  const rows = whole.filter((row) => row !== undefined);
  return rows.length < whole.length ? undefined : { rows, isCut };
}

function rowIn(line: string): JsonObject | undefined {
  const row = parsed(line);
  return isObject(row) && timeIn(row) !== undefined ? row : undefined;
}

/** `2026-11-20T06:25:44.488123456Z`, in nanoseconds. */
export function timeIn({ _time: time }: JsonObject): bigint | undefined {
  return typeof time === 'string' ? rfc3339Ns(time) : undefined;
}
