/**
 * Converts Tempo's response to a TraceQL metrics query to series in Prometheus' form:
 *
 *  {"counted": {"name", "metric"}, "answer": {"series": [{"labels": [{"key", "value": {"stringValue"}}],
 *                                                         "samples": [{"timestampMs": "1795155900000", "value":
 *                                                         0.5}]}]}}
 *
 * The client adds `counted`, because the response does not name its numbers, and for compared attributes neither their
 * group nor their time. Samples omit zeros: for a rate that means 0, for a duration that there was no request.
 */

import { numberIn, objectIn, objectsIn, textIn } from '#decode/json-value.ts';
import { isObject, type JsonObject } from '#model/text/json-object.ts';

/** Undefined where it is no such response. */
export function tempoSeries(value: JsonObject): readonly JsonObject[] | undefined {
  const { counted, answer } = value;
  if (!isObject(counted) || !isObject(answer)) return undefined;
  const series = objectsIn(answer, 'series');
  if (textIn(counted, 'name').endsWith(':spans')) return series.flatMap((one) => comparedSeries(one, counted));
  return series.map((one) => countedSeries(one, counted));
}

/** What is missing in the response, in Tempo's words. */
export function tempoWarnings({ answer }: JsonObject): readonly string[] {
  if (!isObject(answer) || answer.status !== 'PARTIAL') return [];
  return [`counted only a part: ${textIn(answer, 'message') || 'it gave no reason'}`];
}

function countedSeries(one: JsonObject, counted: JsonObject): JsonObject {
  const isDuration = textIn(counted, 'name').endsWith(':latency');
  const pairs = labelsIn(one).flatMap(([key, text]) => (LABELS[key] === undefined ? [] : [[LABELS[key], text]]));
  return {
    metric: { ...namesOf(counted), ...Object.fromEntries(pairs) },
    values: objectsIn(one, 'samples')
      .filter((sample) => !isDuration || Number(sample.value ?? 0) > 0)
      .map((sample) => [Number(sample.timestampMs) / 1000, `${sample.value ?? 0}`]),
  };
}

/** The attributes of the query, under the names that metrics use. */
const LABELS: Readonly<Record<string, string>> = {
  'resource.service.name': 'service',
  name: 'operation',
  status: 'status',
};

/** The two compared groups, and the totals of each attribute. */
const GROUPS: Readonly<Record<string, Readonly<{ failed: 'true' | 'false'; isTotal: boolean }>>> = {
  selection: { failed: 'true', isTotal: false },
  baseline: { failed: 'false', isTotal: false },
  selection_total: { failed: 'true', isTotal: true },
  baseline_total: { failed: 'false', isTotal: true },
};
const GROUP = '__meta_type';

/** All of the time that was asked about as one number, in the middle of it. */
function comparedSeries(one: JsonObject, counted: JsonObject): JsonObject[] {
  const labels = labelsIn(one);
  const group = GROUPS[labels.find(([key]) => key === GROUP)?.[1] ?? ''];
  const [attribute, value] = labels.find(([key]) => !key.startsWith('__')) ?? [];
  if (group === undefined || attribute === undefined || (value === NONE && !group.isTotal)) return [];
  const sum = objectsIn(one, 'samples').reduce((all, { value: count }) => all + Number(count ?? 0), 0);
  const middle = (numberIn(counted, 'fromUs') + numberIn(counted, 'toUs')) / 2e6;
  const said = group.isTotal ? {} : { value };
  const metric = { ...namesOf(counted), service: textIn(counted, 'service'), attribute, ...said, failed: group.failed };
  return [{ metric, values: [[middle, `${sum}`]] }];
}

/** Where a span does not have the attribute. */
const NONE = 'nil';

function namesOf(counted: JsonObject): Readonly<Record<'__name__' | 'metric', string>> {
  return { __name__: textIn(counted, 'name'), metric: textIn(counted, 'metric') };
}

function labelsIn(series: JsonObject): readonly (readonly [key: string, value: string])[] {
  return objectsIn(series, 'labels').map((label) => {
    const [value] = Object.values(objectIn(label, 'value'));
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return [textIn(label, 'key'), isPlain ? `${value}` : ''];
  });
}
