/**
 * Rows of log lines in Loki's form, which the decoder reads. Service, level, ids and place become labels. The body is the
 * line. If it has attributes, the line is JSON with all of them; a body that is JSON itself is the line.
 */
import { jsonLine } from '#adapters/json-line.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { attributesIn, nsIn, textIn } from './spans.ts';

type Labels = Readonly<Record<string, string>>;

/** Counts the lines in `tally`. */
export function streamsOf(rows: readonly JsonObject[], tally: Tally): Uint8Array {
  const streams = new Map<string, { stream: Labels; values: [string, string][] }>();
  for (const row of rows) {
    const ns = nsIn(row.time);
    count(tally, ns);
    const stream = labelsOf(row);
    const key = JSON.stringify(stream);
    const known = streams.get(key) ?? { stream, values: [] };
    streams.set(key, known);
    known.values.push([`${ns}`, lineOf(row)]);
  }
  return new TextEncoder().encode(JSON.stringify({ streams: [...streams.values()] }));
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

/** A sender may give only the number: https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
function leveled({ SeverityNumber: severity }: JsonObject): Labels {
  const at = typeof severity === 'number' && severity >= 1 && severity <= 24 ? Math.floor((severity - 1) / 4) : -1;
  const level = LEVELS[at];
  return level === undefined ? {} : { level };
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

function lineOf(row: JsonObject): string {
  const body = textIn(row, 'Body');
  if (/^\s*\{/.test(body)) return body;
  const attributes = attributesIn(row.LogAttributes);
  return Object.keys(attributes).length === 0 ? body : jsonLine({ message: body, ...attributes });
}
