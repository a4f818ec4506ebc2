/**
 * Reads a body with metric series: a response of Prometheus' query_range, or only its `result` (a case's
 * `metrics.json`).
 */
import { UnreadableInputError } from '#core/errors.ts';
import type { BodyDecoder } from '#decode/body-decoder.ts';
import { objectIn, objectsIn, parsed, textIn } from '#decode/json-value.ts';
import { tempoSeries, tempoWarnings } from '#decode/tempo-metrics.ts';
import { textBody } from '#decode/text-body.ts';
import type { Series } from '#model/metrics/series.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

const ACCEPTED =
  'Spanhound reads a response of Prometheus’ query_range, or a list of {"metric": {"__name__": "…"}, "values": [[seconds, "value"]]}.';

/** `warnings`: what the backend says is missing in its response, in its own words. */
export type MetricsBody = BodyDecoder<readonly Series[]> & Readonly<{ warnings(): readonly string[] }>;

export function metricsBody(source: string): MetricsBody {
  let warnings: readonly string[] = [];
  const body = textBody(parsed, (value) => {
    warnings = warningsIn(value);
    const series = listIn(value)
      .map(seriesOf)
      .filter(({ values }) => values.length > 0);
    if (series.length === 0 && !isEmpty(value)) {
      throw new UnreadableInputError(`${source} holds no readable metric series`, ACCEPTED);
    }
    return series;
  });
  return { ...body, warnings: () => warnings };
}

function warningsIn(value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  return Array.isArray(value.warnings) ? value.warnings.filter(isText) : tempoWarnings(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** The original series of a body, in the form of a case. */
export function keptSeries(bytes: Uint8Array): readonly string[] {
  return listIn(parsed(new TextDecoder().decode(bytes))).map((one) => JSON.stringify(one));
}

function listIn(value: unknown): readonly JsonObject[] {
  if (Array.isArray(value)) return value.filter(isObject);
  if (!isObject(value)) return [];
  return tempoSeries(value) ?? (value.status === 'success' ? objectsIn(objectIn(value, 'data'), 'result') : []);
}

/** Well formed but empty: there was no data. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (!isObject(value)) return false;
  return (
    tempoSeries(value) !== undefined || (value.status === 'success' && Array.isArray(objectIn(value, 'data').result))
  );
}

function numberOf(value: unknown): number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : Number.NaN;
}

/** Points without a finite time or value are passed over; the rest are put in order of time. */
function seriesOf(one: JsonObject): Series {
  const { __name__: _, ...rest } = objectIn(one, 'metric');
  const points = (Array.isArray(one.values) ? one.values : [])
    .filter(Array.isArray)
    .map(([seconds, value]) => ({ atUs: Math.round(numberOf(seconds) * 1e6), value: numberOf(value) }))
    .filter(({ atUs, value }) => Number.isFinite(atUs) && Number.isFinite(value))
    .sort((a, b) => a.atUs - b.atUs);
  return {
    name: textIn(objectIn(one, 'metric'), '__name__'),
    labels: Object.fromEntries(Object.keys(rest).map((label) => [label, textIn(rest, label)])),
    atUs: Float64Array.from(points, ({ atUs }) => atUs),
    values: Float64Array.from(points, ({ value }) => value),
  };
}
