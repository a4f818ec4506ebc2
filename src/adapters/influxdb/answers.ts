/** Reads an answer of `/query`: its series, its error, and whether it is only a part. */
import { isObject } from '#model/text/json-object.ts';

export type ResultSeries = Readonly<{
  /** The measurement. */
  name: string;
  tags: Readonly<Record<string, string>>;
  columns: readonly string[];
  values: readonly (readonly unknown[])[];
}>;

export type Answered = Readonly<{ series: readonly ResultSeries[]; error: string; isPartial: boolean }>;

/** Undefined if it is no answer of InfluxDB. An error of a statement comes with status 200. */
export function answeredIn(said: unknown): Answered | undefined {
  if (!isObject(said) || !Array.isArray(said.results)) return undefined;
  const results = said.results.filter(isObject);
  const series = results.flatMap((result) => (Array.isArray(result.series) ? result.series.flatMap(seriesIn) : []));
  const error = results.map((result) => result.error).find((text) => typeof text === 'string');
  const isPartial = results.some((result) => result.partial === true || someArePartial(result.series));
  return { series, error: typeof error === 'string' ? error : '', isPartial };
}

function someArePartial(series: unknown): boolean {
  return Array.isArray(series) && series.some((one) => isObject(one) && one.partial === true);
}

function seriesIn(one: unknown): ResultSeries[] {
  if (!isObject(one) || typeof one.name !== 'string' || !Array.isArray(one.columns)) return [];
  const tags = Object.entries(isObject(one.tags) ? one.tags : {}).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '',
  );
  const values: readonly unknown[] = Array.isArray(one.values) ? one.values : [];
  return [
    {
      name: one.name,
      tags: Object.fromEntries(tags),
      columns: one.columns.map((column) => (typeof column === 'string' ? column : '')),
      values: values.filter((row) => Array.isArray(row)),
    },
  ];
}
