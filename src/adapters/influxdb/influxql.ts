/**
 * Builds InfluxQL from untrusted values: each is quoted, so none can change the query.
 *
 * https://docs.influxdata.com/influxdb/v1/query_language/spec/
 */
import type { MetricQuery } from '#gather/sources.ts';
import type { FieldMeaning } from './fields.ts';

/** An identifier: `"http.server.duration"` */
function name(text: string): string {
  return `"${text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A string: `'checkout'` */
function value(text: string): string {
  return `'${text.toWellFormed().replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

export function tagValues(keys: readonly string[], measurements: readonly string[] = []): string {
  return `SHOW TAG VALUES${from(measurements)} WITH KEY IN (${keys.map(name).join(', ')})`;
}

export function fieldKeys(measurements: readonly string[]): string {
  return `SHOW FIELD KEYS${from(measurements)}`;
}

function from(measurements: readonly string[]): string {
  return measurements.length === 0 ? '' : ` FROM ${measurements.map(name).join(', ')}`;
}

/** `"service" = 'checkout' OR "service" = 'cart'` */
export function isOneOf(tag: string, values: readonly string[]): string {
  return values.map((one) => `${name(tag)} = ${value(one)}`).join(' OR ');
}

/** Without its time and its steps, which `timed` adds. The name of each column is the series' name, and the field. */
export function selected(measurement: string, fields: readonly FieldMeaning[], where: readonly string[]): string {
  const columns = fields.map(({ field, name: series, expression }) => `${expression} AS ${name(`${series};${field}`)}`);
  const conditions = where.filter((one) => one !== '').map((one) => `(${one})`);
  const all = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT ${columns.join(', ')} FROM ${name(measurement)}${all}`;
}

/** All tags stay apart: a counter that is added up with others would rise and fall. */
export function timed(
  text: string,
  { fromUs, toUs, stepSeconds }: Pick<MetricQuery, 'fromUs' | 'toUs' | 'stepSeconds'>,
): string {
  const [start, end] = [Math.floor(fromUs / 1_000), Math.ceil(toUs / 1_000)];
  const word = text.includes(' WHERE ') ? 'AND' : 'WHERE';
  return `${text} ${word} time >= ${start}ms AND time < ${end}ms GROUP BY time(${stepSeconds}s), * fill(none)`;
}

/** The query as a person would write it, without our internal names. */
export function asPeopleAsk(text: string): string {
  return text.replaceAll(/ AS "[a-z_:]{1,80};(?:[^"\\]|\\.){0,400}"/gi, '');
}
