/**
 * Rows as lines in Loki's form, which the decoder reads. Service, level, ids and place become labels. The message is the
 * line. If the program wrote further fields, the line is JSON with all of them; a message that is JSON itself is the line.
 */
import { jsonLine } from '#adapters/json-line.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { timeIn } from './rows.ts';

type Labels = Readonly<Record<string, string>>;

/** Counts the lines in `tally`. */
export function streamsOf(rows: readonly JsonObject[], serviceFields: readonly string[], tally: Tally): Uint8Array {
  const streams = new Map<string, { stream: Labels; values: [string, string][] }>();
  for (const row of rows) {
    const ns = timeIn(row);
    if (ns === undefined) continue;
    count(tally, ns);
    const stream = labelsOf(row, serviceFields);
    const key = JSON.stringify(stream);
    const known = streams.get(key) ?? { stream, values: [] };
    streams.set(key, known);
    known.values.push([`${ns}`, lineOf(row, serviceFields)]);
  }
  return new TextEncoder().encode(JSON.stringify({ streams: [...streams.values()] }));
}

/** OTLP's own, and the names that loggers write. */
export const LEVEL_FIELDS: readonly string[] = ['severity_text', 'level', 'severity', 'log.level', 'detected_level'];

/** VictoriaLogs writes it for a line of OTLP without a severity. */
export const NO_LEVEL = 'Unspecified';

const LABELS: readonly (readonly [label: string, names: readonly string[]])[] = [
  ['level', LEVEL_FIELDS],
  ['namespace', ['k8s.namespace.name', 'kubernetes.pod_namespace', 'kubernetes.namespace_name', 'namespace']],
  ['pod', ['k8s.pod.name', 'kubernetes.pod_name', 'pod']],
  ['container', ['k8s.container.name', 'kubernetes.container_name', 'container']],
  ['host', ['host.name', 'k8s.node.name', 'kubernetes.pod_node_name', '_HOSTNAME', 'hostname', 'host']],
  ['trace_id', ['trace_id', 'traceId', 'trace.id', 'traceid', 'otelTraceID']],
  ['span_id', ['span_id', 'spanId', 'span.id', 'otelSpanID']],
];

const IN_LABELS: ReadonlySet<string> = new Set(LABELS.flatMap(([, names]) => names));

function labelsOf(row: JsonObject, serviceFields: readonly string[]): Labels {
  const service = firstText(row, serviceFields);
  const said = LABELS.map(([label, names]) => [label, firstText(row, names)] as const);
  const known = said.filter(([, value]) => value !== '' && value !== NO_LEVEL);
  return { ...(service !== '' && { service_name: service }), ...Object.fromEntries(known) };
}

export function firstText(row: JsonObject, names: readonly string[]): string {
  for (const name of names) {
    const value = row[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

/** What VictoriaLogs, collectors and SDKs add to each line; none of it is said by the program that wrote the line. */
const OF_SHIPPER =
  /^(?:_[A-Z].*|_stream|_stream_id|_time|_msg|severity_number|flags|stream|(?:kubernetes|k8s|container|docker|host|os|process|cloud|telemetry|scope|agent|deployment|service)(?:\..*)?)$/;

function lineOf(row: JsonObject, serviceFields: readonly string[]): string {
  const message = firstText(row, ['_msg']);
  if (/^\s*\{/.test(message)) return message;
  const own = Object.entries(row).filter(
    ([name]) => !OF_SHIPPER.test(name) && !IN_LABELS.has(name) && !serviceFields.includes(name),
  );
  return own.length === 0 ? message : jsonLine({ message, ...Object.fromEntries(own) });
}
