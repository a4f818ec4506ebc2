/**
 * Rows of log lines in Loki's form, which the decoder reads. Service, level, ids and place become labels. The body is the
 * line. If it has attributes, the line is JSON with all of them; a body that is JSON itself is the line.
 */
import { jsonLine } from '#adapters/json-line.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import { lokiStreams } from '#adapters/rewritten-rows.ts';
import { bySeverity } from '#model/logs/log-level.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { attributesIn, nsIn, textIn } from './spans.ts';

type Labels = Readonly<Record<string, string>>;

/** Counts the lines in `tally`. */
export function streamsOf(rows: readonly JsonObject[], tally: Tally): Uint8Array {
  return lokiStreams(
    rows.map((row) => {
      const ns = nsIn(row.time);
      count(tally, ns);
      return { ns, labels: labelsOf(row), line: lineOf(row) };
    }),
  );
}

const COLUMNS: readonly (readonly [label: string, column: string])[] = [
  ['service_name', 'ServiceName'],
  ['level', 'SeverityText'],
  ['trace_id', 'TraceId'],
  ['span_id', 'SpanId'],
];

const PLACES: readonly (readonly [label: string, attribute: string])[] = [
  ['namespace', 'k8s.namespace.name'],
  ['pod', 'k8s.pod.name'],
  ['container', 'k8s.container.name'],
  ['host', 'host.name'],
];

function labelsOf(row: JsonObject): Labels {
  const resource = attributesIn(row.ResourceAttributes);
  const labels = [
    ...COLUMNS.map(([label, column]) => [label, textIn(row, column)] as const),
    ...PLACES.map(([label, attribute]) => [label, `${resource[attribute] ?? ''}`] as const),
  ].filter(([, value]) => value !== '');
  return { ...leveled(row), ...Object.fromEntries(labels) };
}

/** A sender may give only the number. */
function leveled({ SeverityNumber: severity }: JsonObject): Labels {
  const level = typeof severity === 'number' ? bySeverity(`${severity}`) : '';
  return level === '' ? {} : { level };
}

function lineOf(row: JsonObject): string {
  const body = textIn(row, 'Body');
  if (/^\s*\{/.test(body)) return body;
  const attributes = attributesIn(row.LogAttributes);
  return Object.keys(attributes).length === 0 ? body : jsonLine({ message: body, ...attributes });
}
