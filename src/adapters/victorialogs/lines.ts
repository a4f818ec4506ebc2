/**
 * Rows as lines in Loki's form, which the decoder reads. Service, level, ids and place become labels. The message is the
 * line. If the program wrote further fields, the line is JSON with all of them; a message that is JSON itself is the line.
 */
import { jsonLine } from '#adapters/json-line.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import { firstText, type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import type { JsonObject } from '#model/text/json-object.ts';
import { timeIn } from './rows.ts';

type Labels = Readonly<Record<string, string>>;

/** `services`: the fields that may name the service. Counts the lines in `tally`. */
export function streamsOf(
  rows: readonly JsonObject[],
  { services, ...set }: LineFields & Readonly<{ services: readonly string[] }>,
  tally: Tally,
): Uint8Array {
  const inLabels = new Set([...services, ...IN_LABELS, set.traceField, set.levelField]);
  return lokiStreams(
    rows.flatMap((row): LabelledLine[] => {
      const ns = timeIn(row);
      if (ns === undefined) return [];
      count(tally, ns);
      const line = { ns, labels: labelsOf(row, services), line: lineOf(row, inLabels) };
      return [byFields(set, line, (field) => firstText(row, [field]))];
    }),
  );
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

/** What VictoriaLogs, collectors and SDKs add to each line; none of it is said by the program that wrote the line. */
const OF_SHIPPER =
  /^(?:_[A-Z].*|_stream|_stream_id|_time|_msg|severity_number|flags|stream|(?:kubernetes|k8s|container|docker|host|os|process|cloud|telemetry|scope|agent|deployment|service)(?:\..*)?)$/;

function lineOf(row: JsonObject, inLabels: ReadonlySet<string | undefined>): string {
  const message = firstText(row, ['_msg']);
  if (/^\s*\{/.test(message)) return message;
  const own = Object.entries(row).filter(([name]) => !OF_SHIPPER.test(name) && !inLabels.has(name));
  return own.length === 0 ? message : jsonLine({ message, ...Object.fromEntries(own) });
}
