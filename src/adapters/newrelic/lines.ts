/**
 * Rows of the event `Log` as lines in Loki's form, which the decoder reads. The message becomes the line, together with
 * the attributes that the program wrote; level, service, ids and place become labels.
 *
 * https://docs.newrelic.com/docs/logs/log-api/introduction-log-api/
 */
import { jsonLine } from '#adapters/json-line.ts';
import { byFields, type LineFields } from '#adapters/line-fields.ts';
import { count, type Tally } from '#adapters/line-pages.ts';
import { textAt } from '#adapters/members.ts';
import { firstText, type LabelledLine, lokiStreams } from '#adapters/rewritten-rows.ts';
import type { Row } from './nerdgraph.ts';

const NS_PER_MS = 1_000_000n;

/** Counts the lines in `tally`. `traceId`: the lines are those of this trace, whatever they say. */
export function streamsOf(
  rows: readonly Row[],
  { traceId, ...set }: LineFields & Readonly<{ traceId: string }>,
  tally: Tally,
): Uint8Array {
  return lokiStreams(
    rows.flatMap((row): LabelledLine[] => {
      const ms = row.timestamp;
      if (typeof ms !== 'number' || !Number.isSafeInteger(Math.floor(ms))) return [];
      const ns = BigInt(Math.floor(ms)) * NS_PER_MS;
      count(tally, ns);
      const line = { ns, labels: labelsOf(row, traceId), line: lineOf(row) };
      return [byFields(set, line, (field) => textAt(row, field))];
    }),
  );
}

type Labels = Readonly<Record<string, string>>;

/** By the names of OpenTelemetry, of the agents' logs in context, and of the plugin for Kubernetes. The first counts. */
const LABELS: readonly (readonly [label: string, names: readonly string[]])[] = [
  ['service_name', ['service.name', 'entity.name', 'appName', 'service', 'labels.app', 'container_name']],
  ['level', ['level', 'severity.text', 'severity', 'log.level', 'loglevel']],
  ['host', ['hostname', 'host.name', 'host']],
  ['namespace', ['namespace_name', 'k8s.namespace.name']],
  ['pod', ['pod_name', 'k8s.pod.name']],
  ['container', ['container_name', 'k8s.container.name']],
  ['span_id', ['span.id', 'span_id', 'spanId']],
];
const TRACE = ['trace.id', 'trace_id', 'traceId'];

function labelsOf(row: Row, traceId: string): Labels {
  const said = LABELS.map(([label, names]) => [label, firstText(row, names)] as const);
  const trace = firstText(row, TRACE) || traceId;
  return Object.fromEntries([...said, ['trace_id', trace] as const].filter(([, value]) => value !== ''));
}

/** Not of the program: New Relic, the shipper and the machine added it, or it is a label. */
const ADDED =
  /^(?:timestamp|message|messageId|nr\.|newrelic\.|entity\.|plugin\.|instrumentation\.|otel\.|telemetry\.|cloud\.|host\.|k8s\.|labels\.|annotations\.|tags\.|fb\.|filePath$|hostname$|host$|cluster_name$|stream$|logtype$|time$|\w*_name$|realAgentId$|appName$)/;
const IN_LABELS: ReadonlySet<string> = new Set([...LABELS.flatMap(([, names]) => names), ...TRACE]);

/** A message that is JSON itself has its attributes already. */
function lineOf(row: Row): string {
  const message = typeof row.message === 'string' ? row.message : '';
  if (/^\s*\{/.test(message)) return message;
  const rest = Object.entries(row).filter(
    ([name, value]) => !ADDED.test(name) && !IN_LABELS.has(name) && value !== null && value !== '',
  );
  return rest.length === 0 ? message : jsonLine({ message, ...Object.fromEntries(rest) });
}
