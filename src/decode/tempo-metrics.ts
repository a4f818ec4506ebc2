/**
 * Tempo's answer to a TraceQL metrics query, as series in the form in which Prometheus gives them:
 *
 *   {"counted": {"name", "metric"}, "answer": {"series": [{"labels": [{"key", "value": {"stringValue"}}],
 *                                                          "samples": [{"timestampMs": "1795155900000", "value": 0.5}]}]}}
 *
 * `counted` is said by whoever asked, for the answer does not say what its numbers are. A zero is left out of a sample: of
 * a rate it is one, of a duration it says that there was no request.
 */
import { isObject, type JsonObject, objectIn, objectsIn, textIn } from '#decode/json-value.ts';

/** Undefined where it is no such answer. */
export function tempoSeries(value: JsonObject): readonly JsonObject[] | undefined {
  const { answer } = value;
  if (!isObject(value.counted) || !isObject(answer)) return undefined;
  const __name__ = textIn(value.counted, 'name');
  const metric = textIn(value.counted, 'metric');
  const isDuration = __name__.endsWith(':latency');
  return objectsIn(answer, 'series').map((one) => ({
    metric: { __name__, metric, ...labelsOf(one) },
    values: objectsIn(one, 'samples')
      .filter((sample) => !isDuration || Number(sample.value ?? 0) > 0)
      .map((sample) => [Number(sample.timestampMs) / 1000, `${sample.value ?? 0}`]),
  }));
}

/** What the answer lacks, in Tempo's words. */
export function tempoWarnings({ answer }: JsonObject): readonly string[] {
  if (!isObject(answer) || answer.status !== 'PARTIAL') return [];
  return [`counted only a part: ${textIn(answer, 'message') || 'it does not say why'}`];
}

/** What we ask by, under the names that metrics have for it. */
const LABELS: Readonly<Record<string, string>> = {
  'resource.service.name': 'service',
  name: 'operation',
  status: 'status',
};

function labelsOf(series: JsonObject): Readonly<Record<string, string>> {
  const pairs = objectsIn(series, 'labels').flatMap((label) => {
    const known = LABELS[textIn(label, 'key')];
    return known === undefined ? [] : [[known, textIn(objectIn(label, 'value'), 'stringValue')] as const];
  });
  return Object.fromEntries(pairs);
}
